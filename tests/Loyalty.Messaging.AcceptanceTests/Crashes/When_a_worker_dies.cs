using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.Crashes;

/// <summary>
/// A worker is killed (SIGKILL) at a named moment in the middle of a stream of orders and refunds; another one takes over.
/// Nothing is lost, nothing happens twice, and nobody has to repair anything.
/// </summary>
public sealed class When_a_worker_dies
{
    const int Orders = 12;

    [Theory]
    [InlineData("Loyalty.Messaging.Delivery/transaction.committing", 3)]
    [InlineData("Loyalty.Messaging.Delivery/transaction.committed", 3)]
    [InlineData("Loyalty.Messaging.Delivery/outbox.delivered", 3)]
    [InlineData("Loyalty.Messaging.AirMiles/call.sending", 3)]
    [InlineData("Loyalty.Messaging.AirMiles/call.answered", 3)]
    [InlineData("Loyalty.Messaging.Delivery/transaction.committed", 20)]
    [InlineData("Loyalty.Messaging.AirMiles/call.answered", 14)]
    public Task Everything_happens_once_all_the_same(string point, int hit) => DieAndSettleAsync(point, hit, partitions: 16);

    /// <summary>With one issuer queue it is busy at once, and nearly all commands do without the broker.</summary>
    [Theory]
    [InlineData("Loyalty.Messaging.Delivery/transaction.committed", 20)]
    [InlineData("Loyalty.Messaging.Delivery/outbox.delivered", 14)]
    [InlineData("Loyalty.Messaging.AirMiles/call.sending", 8)]
    [InlineData("Loyalty.Messaging.AirMiles/call.answered", 14)]
    public Task Everything_happens_once_with_messages_in_hand_that_the_broker_has_never_seen(string point, int hit) =>
        DieAndSettleAsync(point, hit, partitions: 1);

    static async Task DieAndSettleAsync(string point, int hit, int partitions)
    {
        await using var system = await ImpatientAsync(partitions);
        var first = await system.StartWorkerAsync(point, hit);
        await PublishAsync(system);
        Assert.Equal(137, await first.ExitAsync());

        await system.StartWorkerAsync();
        await SettledAsync(system);
        await Agreement.HoldsAsync(system);
        Assert.Equal(Orders * 2, (await system.Issuer.LedgerAsync()).Count);
        Assert.Empty(system.DeadLetters.All);
    }

    [Fact]
    public async Task While_the_issuer_has_the_call_the_next_worker_sends_the_same_bytes_under_the_same_key()
    {
        await using var system = await LoyaltySystem.CreateAsync();
        var first = await system.StartWorkerAsync();
        await system.Issuer.ScriptAsync(
            new { match = new { clientTransactionId = "I-D-1" }, answer = new { kind = "never", effect = "before" } }
        );
        await system.Commerce.CompleteAsync(Commerce.Order("D-1"));
        await system.Issuer.HoldsAsync(1);
        await first.KillAsync();

        await system.StartWorkerAsync();
        await system.OrderIsAsync("D-1", "Issued");
        await Agreement.HoldsAsync(system);
        var attempts = await system.Issuer.AttemptsAsync("I-D-1");
        Assert.True(attempts.Count >= 2, "the call was not repeated");
        Assert.Single(attempts.Select(attempt => (attempt.IdempotencyKey, attempt.BodySha256)).Distinct());
    }

    /// <summary>
    /// The first command comes by the broker, one that follows straight from its commit: of that the broker has never heard.
    /// </summary>
    [Theory]
    [InlineData("by the broker")]
    [InlineData("from within the process")]
    public async Task The_issuers_no_to_a_call_that_the_dead_one_may_have_made_proves_nothing(string came)
    {
        await using var system = await ImpatientAsync(partitions: 1);
        system.Settings["RabbitMq__InProcess"] = came == "by the broker" ? "false" : "true";
        var first = await system.StartWorkerAsync();
        await system.Commerce.CompleteAsync(Commerce.Order("D-0", "80085102010"));
        await system.OrderIsAsync("D-0", "Issued");
        var match = new { clientTransactionId = "I-D-2" };
        await system.Issuer.ScriptAsync(
            new { match, answer = new { kind = "never", effect = "before" } },
            new { match, answer = new { status = 400, effect = "none" } }
        );
        await system.Commerce.CompleteAsync(Commerce.Order("D-2"));
        await system.Issuer.HoldsAsync(1);
        await first.KillAsync();

        await system.StartWorkerAsync();
        await system.OrderIsAsync("D-2", "Suspended", TimeSpan.FromSeconds(60));
        Assert.True(await system.Database.ScalarAsync<bool>("SELECT effect_unknown FROM issuance WHERE order_id = 'D-2'"));
    }

    [Fact]
    public async Task Of_three_workers_the_others_go_on_and_no_collector_has_two_calls_at_once()
    {
        await using var system = await LoyaltySystem.CreateAsync();
        var workers = new[] { await system.StartWorkerAsync(), await system.StartWorkerAsync(), await system.StartWorkerAsync() };
        await system.Issuer.ScriptAsync(new { times = (int?)null, answer = new { delay = 30 } });
        // Twenty orders of one collector, twenty of others: the strict issuer records a breach when two of one collector meet.
        var publishing = Task.WhenAll(
            Enumerable
                .Range(0, 40)
                .Select(number =>
                    system.Commerce.CompleteAsync(Commerce.Order($"T-{number}", number < 20 ? "80085102028" : $"8006{number:0000000}"))
                )
        );
        await Eventually.SeeAsync(system.Issuer.LedgerAsync, ledger => ledger.Count > 5, "the first effects");
        await workers[0].KillAsync();
        await publishing;
        await Eventually.SeeAsync(system.Issuer.LedgerAsync, ledger => ledger.Count == 40, "all effects", TimeSpan.FromSeconds(60));
        await Agreement.HoldsAsync(system);
    }

    [Fact]
    public async Task A_worker_that_stood_still_does_not_go_on_where_another_has_taken_over()
    {
        await using var system = await LoyaltySystem.CreateAsync();
        system.Settings["RabbitMq__Partitions"] = "1";
        var frozen = await system.StartWorkerAsync();
        // Its first call is held; the others of the same collector are lined up behind it in its memory.
        await system.Issuer.ScriptAsync(
            new { match = new { clientTransactionId = "I-F-0" }, answer = new { kind = "never", effect = "before" } },
            new { times = (int?)null, answer = new { delay = 200 } }
        );
        for (var number = 0; number < 15; number++)
            await system.Commerce.CompleteAsync(Commerce.Order($"F-{number}"));
        await system.Issuer.HoldsAsync(1);
        await Eventually.SeeAsync(
            () => system.Database.ScalarAsync<long>("SELECT count(*) FROM issuance"),
            orders => orders == 15,
            "all orders"
        );
        frozen.Freeze();
        await system.StartWorkerAsync();
        await system.Issuer.ReleaseAsync();
        // The frozen worker's lease on the lane runs out; the other begins.
        await Eventually.SeeAsync(
            system.Issuer.LedgerAsync,
            ledger => ledger.Count >= 3,
            "the other worker to go on",
            TimeSpan.FromSeconds(90)
        );
        frozen.Thaw();
        await Eventually.SeeAsync(system.Issuer.LedgerAsync, ledger => ledger.Count == 15, "all effects", TimeSpan.FromSeconds(60));
        await Agreement.HoldsAsync(system);
    }

    [Fact]
    public async Task A_worker_that_stood_still_within_a_transaction_for_longer_than_the_database_waits_goes_on()
    {
        await using var system = await LoyaltySystem.CreateAsync();
        system.Settings["CRASH_SIGNAL"] = "19";
        var frozen = await system.StartWorkerAsync("Loyalty.Messaging.Delivery/transaction.committing");
        await system.Commerce.CompleteAsync(Commerce.Order("S-1"));
        await Eventually.SeeAsync(() => OpenTransactionsAsync(system), open => open == 1, "the worker to stand still within a transaction");
        await Eventually.SeeAsync(() => OpenTransactionsAsync(system), open => open == 0, "the database to end it");
        frozen.Thaw();
        await system.Commerce.CompleteAsync(Commerce.Order("S-2"));
        await system.OrderIsAsync("S-1", "Issued");
        await system.OrderIsAsync("S-2", "Issued");
        await Agreement.HoldsAsync(system);
        Assert.Empty(system.DeadLetters.All);
    }

    /// <summary>What the dead one had in hand is found and gone on with after seconds.</summary>
    static async Task<LoyaltySystem> ImpatientAsync(int partitions)
    {
        var system = await LoyaltySystem.CreateAsync();
        system.Settings["RabbitMq__Partitions"] = $"{partitions}";
        system.Settings["AirMiles__AttemptTimeout"] = "00:00:02";
        system.Settings["Outbox__AgeLimit"] = "00:00:03";
        system.Settings["Outbox__ConfirmTimeout"] = "00:00:02";
        return system;
    }

    static Task<long> OpenTransactionsAsync(LoyaltySystem system) =>
        system.Database.ScalarAsync<long>(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'"
        );

    static async Task PublishAsync(LoyaltySystem system)
    {
        for (var number = 0; number < Orders; number++)
        {
            await system.Commerce.CompleteAsync(Commerce.Order($"C-{number}", $"8007{number:0000000}"));
            await system.Commerce.RefundAsync(Commerce.Refund($"CF-{number}", $"C-{number}"));
        }
    }

    static Task<long> SettledAsync(LoyaltySystem system) =>
        Eventually.SeeAsync(
            () =>
                system.Database.ScalarAsync<long>(
                    """
                    SELECT (SELECT count(*) FROM issuance WHERE current_state = 'Issued') + (SELECT count(*) FROM reversal
                        WHERE current_state = 'Reversed')
                    """
                ),
            settled => settled == Orders * 2,
            "every order issued and every refund reversed",
            TimeSpan.FromSeconds(60)
        );
}
