using Loyalty.Messaging.TestKit;
using Npgsql;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.Crashes;

/// <summary>
/// The session of a delivery ends at one of its statements, COMMIT among them: before the database hears of it, or after it is done and
/// before anybody is told. Everything goes on by itself and happens once.
/// </summary>
public sealed class When_a_session_ends
{
    const int Orders = 16;

    /// <summary>Not the same delivery says the same every time.</summary>
    const int CutsOfEach = 2;

    /// <summary>
    /// After each cut the worker waits before it asks again, up to 15 s when one follows the other. How many are made at once depends on
    /// the machine: the fewer, the longer it takes.
    /// </summary>
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task Every_statement_of_an_order_and_its_refund_may_be_the_last()
    {
        await using var system = await LoyaltySystem.CreateAsync();
        var database = new NpgsqlConnectionStringBuilder(system.Database.ConnectionString);
        await using var cutter = new SessionCutter(database.Host!, database.Port, "loyalty-deliveries", CutsOfEach, IsWork);
        (database.Host, database.Port) = ("127.0.0.1", cutter.Port);
        system.Settings["ConnectionStrings__Loyalty"] = database.ConnectionString;
        // A transaction for each: many sessions are cut at the same time.
        system.Settings["Outbox__GroupCommit"] = "false";
        system.Settings["Outbox__AgeLimit"] = "00:00:03";
        system.Settings["Outbox__ConfirmTimeout"] = "00:00:02";
        await system.StartWorkerAsync();

        var (orders, known) = (0, -1);
        for (; cutter.Cuts.Count > known; orders += Orders)
        {
            known = cutter.Cuts.Count;
            for (var number = orders; number < orders + Orders; number++)
            {
                await system.Commerce.CompleteAsync(Commerce.Order($"E-{number}", $"8007{number:0000000}"));
                await system.Commerce.RefundAsync(Commerce.Refund($"EF-{number}", $"E-{number}"));
            }
            var expected = orders + Orders;
            await Eventually.SeeAsync(
                () => system.Database.ScalarAsync<long>("SELECT count(*) FROM reversal WHERE current_state = 'Reversed'"),
                reversed => reversed == expected,
                "every refund reversed",
                Patience
            );
        }

        await Agreement.HoldsAsync(system);
        Assert.Equal(orders * 2, (await system.Issuer.LedgerAsync()).Count);
        Assert.Empty(system.DeadLetters.All);
        foreach (var table in (string[])["issuance", "reversal"])
        foreach (var act in (string[])["INSERT INTO", "UPDATE"])
        foreach (var executed in (bool[])[false, true])
            Assert.Contains(cutter.Cuts, cut => cut.Executed == executed && IsCommitOf(cut, $"\n{act} \"{table}\" "));
    }

    /// <summary>Not what a session is opened with, nor a knock: those come one after the other, while everybody waits.</summary>
    static bool IsWork(string path) =>
        !path.StartsWith("SET ", StringComparison.Ordinal)
        && !path.Contains("pg_type", StringComparison.Ordinal)
        && !path.StartsWith("BEGIN\nINSERT INTO outbox", StringComparison.Ordinal);

    static bool IsCommitOf(Cut cut, string statement) =>
        cut.Path.StartsWith("BEGIN\n", StringComparison.Ordinal)
        && cut.Path.EndsWith("\nCOMMIT", StringComparison.Ordinal)
        && cut.Path.Contains(statement, StringComparison.Ordinal);
}
