using Xunit;

namespace Loyalty.Messaging.SagaTests;

public sealed class When_events_come_in_any_order
{
    /// <summary>Order (O), refund of half (A), refund of the other half (B), each also as a duplicate (lower case).</summary>
    public static TheoryData<string> Orders { get; } = [.. Permutations("OABo").Concat(Permutations("OABab").Where((_, index) => index % 7 == 0)).Distinct()];

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task They_converge_to_one_ledger(string sequence)
    {
        await using var scenario = await SagaScenario.StartAsync();
        foreach (var letter in sequence)
            await scenario.PublishAsync(char.ToUpperInvariant(letter) switch
            {
                'O' => SagaScenario.Order("P-1"),
                'A' => SagaScenario.Refund("PA", "P-1", 1),
                _ => SagaScenario.Refund("PB", "P-1", 1),
            });
        await scenario.RefundIsAsync("PA", "Reversed");
        await scenario.RefundIsAsync("PB", "Reversed");
        var order = await scenario.OrderIsAsync("P-1", "Issued");

        Assert.Equal((8, 8), (order.Miles, order.ReversedMiles));
        Assert.Equal(["post", "reverse", "reverse"], scenario.Issuer.Calls.Select(call => call.Operation));
        Assert.Equal(3, scenario.Issuer.Calls.Select(call => call.Call.IdempotencyKey).Distinct().Count());
    }

    static IEnumerable<string> Permutations(string letters) => letters.Length <= 1
        ? [letters]
        : letters.SelectMany((letter, index) => Permutations(letters.Remove(index, 1)).Select(rest => letter + rest)).Distinct();
}
