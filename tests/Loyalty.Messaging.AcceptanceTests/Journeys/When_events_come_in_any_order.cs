using System.Net;
using System.Net.Http.Json;
using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.Journeys;

/// <summary>
/// Order, two refunds, a duplicate of each and a correction, in many orders at once, on the whole system: every one ends in the same
/// ledger.
/// The saga tests go through all of them in memory.
/// </summary>
public sealed class When_events_come_in_any_order
{
    /// <summary>
    /// Order O, refunds A and B, their duplicates in lower case, correction C. The issuer rejects every order's first call.
    /// </summary>
    static readonly string[] Sequences =
    [
        "OABCoab",
        "CoabOAB",
        "ABOCoab",
        "AOBCaob",
        "BAOCbao",
        "OoCABab",
        "aABbOCo",
        "OCAaBbo",
        "AaOCoBb",
        "BOCAbao",
        "OBoCbAa",
        "ACBOaob",
    ];

    [Fact]
    public async Task They_converge_to_one_ledger()
    {
        await using var system = await LoyaltySystem.StartAsync();
        var ops = await system.StartOpsAsync();
        using var http = new HttpClient();
        for (var number = 0; number < Sequences.Length; number++)
            await system.Issuer.ScriptAsync(
                new { match = new { clientTransactionId = $"I-P{number}" }, answer = new { status = 400, effect = "none" } }
            );

        await Task.WhenAll(Sequences.Select((sequence, number) => PlayAsync(system, http, ops, sequence, number)));

        for (var number = 0; number < Sequences.Length; number++)
        {
            await system.OrderIsAsync($"P{number}", "Issued");
            await system.RefundIsAsync($"P{number}A", "Reversed");
            await system.RefundIsAsync($"P{number}B", "Reversed");
        }
        await Agreement.HoldsAsync(system);
        var ledger = await system.Issuer.LedgerAsync();
        for (var number = 0; number < Sequences.Length; number++)
            Assert.Equal(
                [("issue", 8), ("reverse", 8)],
                ledger
                    .Where(effect => effect.ClientTransactionId == $"I-P{number}" || effect.OriginalClientTransactionId == $"I-P{number}")
                    .GroupBy(effect => effect.Kind)
                    .OrderBy(kind => kind.Key, StringComparer.Ordinal)
                    .Select(kind => (kind.Key, kind.Sum(effect => effect.Miles)))
            );
        Assert.Empty(system.DeadLetters.All);
    }

    static async Task PlayAsync(LoyaltySystem system, HttpClient http, Uri ops, string sequence, int number)
    {
        foreach (var letter in sequence)
            await (
                char.ToUpperInvariant(letter) switch
                {
                    'O' => system.Commerce.CompleteAsync(Commerce.Order($"P{number}", $"8333{number:0000000}")),
                    'C' => CorrectAsync(http, ops, number),
                    _ => system.Commerce.RefundAsync(Commerce.Refund($"P{number}{char.ToUpperInvariant(letter)}", $"P{number}")),
                }
            );
        // A correction that came before the issuer's no was refused, and is decided again.
        await Eventually.TrueAsync(() => CorrectAsync(http, ops, number), $"order P{number} to be corrected");
    }

    /// <returns>True when it has been taken now, or before.</returns>
    static async Task<bool> CorrectAsync(HttpClient http, Uri ops, int number)
    {
        using var answer = await http.PostAsJsonAsync(
            new Uri(ops, $"/api/v1/orders/P{number}/correct"),
            new { reason = "another location", locationCode = "0042" }
        );
        return answer.StatusCode == HttpStatusCode.Accepted
            || (await answer.Content.ReadAsStringAsync()).Contains("on the account", StringComparison.Ordinal);
    }
}
