using Loyalty.Messaging.Benchmarks.Load;

namespace Loyalty.Messaging.Benchmarks.Running;

/// <summary>A run that loses or doubles anything is no measurement. Checked from outside, after the workers have ended.</summary>
internal static class Invariants
{
    /// <exception cref="RunFailedException">One does not hold.</exception>
    public static async Task HoldAsync(Stage stage, CommerceLoad load, IReadOnlyList<Tally> tallies, Tally? backlog)
    {
        var (orders, refunds) = (tallies.Sum(tally => tally.Orders), tallies.Sum(tally => tally.Refunds));
        Must(tallies.Sum(tally => tally.Missing), 0, "outcomes that were not heard");
        Must(tallies.Sum(tally => tally.Repeated), 0, "outcomes that were heard a second time");
        Must(tallies.Sum(tally => tally.Others), 0, "outcomes other than miles issued or reversed");
        Must(load.Listener.Strangers, 0, "outcomes of nobody's order");

        var effects = await stage.EffectsAsync();
        Must(effects.Issues, orders, "issuances at the issuer");
        Must(effects.Reversals, refunds, "reversals at the issuer");
        Must(effects.TwoBodies, 0, "calls of one key with two bodies");
        Must(effects.TwoKeys, 0, "transactions under two keys");

        var depths = await stage.Vhost.DepthsAsync();
        Must(
            depths.Values.Sum(),
            0,
            "messages left in queues "
                + $"({string.Join(", ", depths.Where(queue => queue.Value > 0).Select(queue => $"{queue.Key} {queue.Value}"))})"
        );
        if (stage.Database is not { } database)
            return;
        // By the index on the orders' ids, whatever past lies beside them.
        var published = $"order_id >= '{OrderBodies.FirstId(load.FirstSeries)}' AND order_id < 'C'";
        // A backlog may last longer than the run: what has not been heard is still there.
        Must(await database.ScalarAsync<long>("SELECT count(*) FROM outbox"), backlog?.Missing ?? 0, "rows left in the outbox");
        Must(backlog?.Repeated ?? 0, 0, "messages of the backlog that were heard a second time");
        Must(await database.ScalarAsync<long>($"SELECT count(*) FROM issuance WHERE {published}"), orders, "rows of issuances");
        Must(
            await database.ScalarAsync<long>($"SELECT count(*) FROM issuance WHERE {published} AND current_state = 'Issued'"),
            orders,
            "issuances that are Issued"
        );
        Must(
            await database.ScalarAsync<long>($"SELECT count(*) FROM reversal WHERE {published} AND current_state = 'Reversed'"),
            refunds,
            "reversals that are Reversed"
        );
        Must(
            await database.ScalarAsync<long>($"SELECT coalesce(sum(reversed_miles), 0)::bigint FROM issuance WHERE {published}"),
            refunds * 4L,
            "miles taken back"
        );

        void Must(long seen, long expected, string what)
        {
            if (seen != expected)
                throw new RunFailedException(
                    $"Mode {stage.Mode.Name} broke an invariant: {seen} {what}, not {expected}; this run is no measurement"
                );
        }
    }
}
