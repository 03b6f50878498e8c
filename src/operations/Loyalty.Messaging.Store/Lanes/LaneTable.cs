using Microsoft.EntityFrameworkCore;

namespace Loyalty.Messaging.Store.Lanes;

/// <summary>
/// Whose the lanes are. Each statement is a transaction of its own, so that a process that freezes between two of them holds nobody up.
/// </summary>
public sealed class LaneTable(LoyaltyDbContext context)
{
    /// <returns>
    /// How many lanes are recorded, and what knows of that number: messages on their way to them, and workers that are there.
    /// </returns>
    public Task<LanesRecorded> RecordedAsync(CancellationToken cancellationToken) =>
        context
            .Database.SqlQuery<LanesRecorded>(
                $"""
                SELECT (SELECT count(*) FROM lane)::integer AS "Lanes",
                    (SELECT count(*) FROM worker_pulse WHERE lanes_until > now())::integer AS "Workers",
                    (SELECT count(*) FROM outbox WHERE destination LIKE '%:loyalty.issuer-%')::integer AS "Outgoing"
                """
            )
            .SingleAsync(cancellationToken);

    /// <summary>Records how many there are.</summary>
    public Task<int> RecordAsync(int lanes, CancellationToken cancellationToken) =>
        context.Database.ExecuteSqlAsync(
            $"""
            WITH gone AS (DELETE FROM lane WHERE number >= {lanes})
            INSERT INTO lane (number, epoch, since) SELECT number, 0, now() FROM generate_series(0, {lanes
                - 1}) AS number ON CONFLICT DO NOTHING
            """,
            cancellationToken
        );

    public Task<List<LaneNow>> SeeAsync(CancellationToken cancellationToken) =>
        context
            .Database.SqlQuery<LaneNow>(
                $"""
                SELECT l.number AS "Number", l.owner AS "Owner", l.epoch AS "Epoch", coalesce(p.lanes_until > now(), false) AS "Held"
                FROM lane l LEFT JOIN worker_pulse p ON p.worker = l.owner ORDER BY l.number
                """
            )
            .ToListAsync(cancellationToken);

    /// <summary>Takes lanes that nobody has, or that were this worker's before its lease had run out.</summary>
    /// <param name="lanes">As they were seen: one that has had another owner since is not taken.</param>
    /// <returns>Those that it has got.</returns>
    public Task<List<LaneNow>> ClaimAsync(string worker, IReadOnlyList<LaneNow> lanes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(lanes);
        int[] numbers = [.. lanes.Select(lane => lane.Number)];
        long[] epochs = [.. lanes.Select(lane => lane.Epoch)];
        return context
            .Database.SqlQuery<LaneNow>(
                $"""
                UPDATE lane l SET owner = {worker}, epoch = l.epoch + 1, since = now()
                    FROM unnest({numbers}, {epochs}) AS seen (number, epoch)
                WHERE l.number = seen.number AND l.epoch = seen.epoch
                    AND (l.owner = {worker} OR NOT EXISTS (SELECT FROM worker_pulse p WHERE p.worker = l.owner AND p.lanes_until > now()))
                RETURNING l.number AS "Number", l.owner AS "Owner", l.epoch AS "Epoch", true AS "Held"
                """
            )
            .ToListAsync(cancellationToken);
    }

    /// <param name="epoch">As it was claimed: a statement that comes late must not release what has been claimed anew.</param>
    public Task<int> ReleaseAsync(string worker, int lane, long epoch, CancellationToken cancellationToken) =>
        context.Database.ExecuteSqlAsync(
            $"UPDATE lane SET owner = NULL, since = now() WHERE number = {lane} AND owner = {worker} AND epoch = {epoch}",
            cancellationToken
        );
}
