using Xunit;

namespace Loyalty.Messaging.TestKit;

/// <summary>
/// The invariants, checked from outside: the issuer's ledger, the saga rows and the events we published must tell the same story.
/// </summary>
public static class Agreement
{
    /// <summary>At rest: once per business key, no breach, and saga, ledger and outgoing events agree in every order and refund.</summary>
    public static async Task HoldsAsync(LoyaltySystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        await system.QuietAsync();
        Assert.Empty(await system.Issuer.BreachesAsync());

        var ledger = await system.Issuer.LedgerAsync();
        Assert.All(ledger.GroupBy(effect => effect.ClientTransactionId), effects => Assert.Single(effects));
        var issued = ledger
            .Where(effect => effect.Kind == "issue")
            .ToDictionary(effect => effect.ClientTransactionId, effect => effect.Miles);
        var reversed = ledger
            .Where(effect => effect.Kind == "reverse")
            .ToDictionary(effect => effect.ClientTransactionId, effect => effect.Miles);
        foreach (var order in ledger.Where(effect => effect.Kind == "reverse").GroupBy(effect => effect.OriginalClientTransactionId!))
            Assert.InRange(order.Sum(effect => effect.Miles), 1, issued[order.Key]);

        Assert.Equal(
            issued,
            await MilesAsync(
                system,
                "SELECT client_transaction_id || ' ' || miles FROM issuance WHERE current_state IN ('Issued', 'Pending')"
            )
        );
        Assert.Equal(
            reversed,
            await MilesAsync(
                system,
                "SELECT client_transaction_id || ' ' || miles FROM reversal WHERE current_state IN ('Reversed', 'Pending')"
            )
        );
        Assert.Empty(
            await system.Database.ColumnAsync(
                """
                SELECT i.order_id FROM issuance i WHERE i.reversed_miles <>
                    coalesce((SELECT sum(r.miles) FROM reversal r WHERE r.order_id = i.order_id
                        AND r.current_state IN ('Reversed', 'Pending', 'Suspended')), 0)
                """
            )
        );

        await Eventually.SeeAsync(
            () => Task.FromResult(Told(system, "loyalty.miles-issued").Count),
            count => count == issued.Count,
            "an event for every issuance"
        );
        await Eventually.SeeAsync(
            () => Task.FromResult(Told(system, "loyalty.miles-reversed").Count),
            count => count == reversed.Count,
            "an event for every reversal"
        );
        Assert.Equal(issued, Told(system, "loyalty.miles-issued"));
        Assert.Equal(reversed, Told(system, "loyalty.miles-reversed"));
        // A repeated publication carries the same id and the same bytes.
        Assert.All(
            system.Events.All.GroupBy(heard => heard.MessageId),
            copies => Assert.Single(copies.Select(copy => copy.Text).Distinct())
        );
    }

    static Dictionary<string, int> Told(LoyaltySystem system, string exchange) =>
        system
            .Events.From(exchange)
            .DistinctBy(heard => heard.MessageId)
            .Select(heard => heard.Json)
            .ToDictionary(told => told.GetProperty("clientTransactionId").GetString()!, told => told.GetProperty("miles").GetInt32());

    static async Task<Dictionary<string, int>> MilesAsync(LoyaltySystem system, string sql) =>
        (await system.Database.ColumnAsync(sql)).Select(row => row.Split(' ')).ToDictionary(row => row[0], row => int.Parse(row[1], null));
}
