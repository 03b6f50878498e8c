using Loyalty.Messaging.Sagas.Decisions;
using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.SagaTests;

public sealed class When_events_come_in_any_order
{
    /// <summary>Order (O), refund of half (A), refund of the other half (B), each also as a duplicate (lower case).</summary>
    public static TheoryData<string> Orders { get; } =
    [.. Permutations("OABo").Concat(Permutations("OABab").Where((_, index) => index % 7 == 0)).Distinct()];

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task They_converge_to_one_ledger(string sequence)
    {
        await using var scenario = await SagaScenario.StartAsync();
        foreach (var letter in sequence)
            await scenario.PublishAsync(
                char.ToUpperInvariant(letter) switch
                {
                    'O' => SagaScenario.Order("P-1"),
                    'A' => SagaScenario.Refund("PA", "P-1", 1),
                    _ => SagaScenario.Refund("PB", "P-1", 1),
                }
            );
        await scenario.RefundIsAsync("PA", "Reversed");
        await scenario.RefundIsAsync("PB", "Reversed");
        var order = await scenario.OrderIsAsync("P-1", "Issued");

        Assert.Equal((8, 8), (order.Miles, order.ReversedMiles));
        Assert.Equal(["post", "reverse", "reverse"], scenario.Issuer.Calls.Select(call => call.Operation));
        Assert.Equal(3, scenario.Issuer.Calls.Select(call => call.Call.IdempotencyKey).Distinct().Count());
    }

    /// <summary>The issuer says no to the first call; a person corrects it (C), twice with one operation id (c), at any moment.</summary>
    public static TheoryData<string> Corrections { get; } =
    [.. Permutations("OABCo").Concat(Permutations("OABCc").Where((_, index) => index % 3 == 0)).Distinct()];

    [Theory]
    [MemberData(nameof(Corrections))]
    public async Task With_a_correction_among_them_they_converge_to_one_ledger(string sequence)
    {
        await using var scenario = await SagaScenario.StartAsync(StubIssuer.Rejected, StubIssuer.Accepted);
        var operation = Guid.NewGuid();
        foreach (var letter in sequence)
            await (
                char.ToUpperInvariant(letter) switch
                {
                    'O' => scenario.PublishAsync(SagaScenario.Order("P-2")),
                    'A' => scenario.PublishAsync(SagaScenario.Refund("P-2A", "P-2", 1)),
                    'B' => scenario.PublishAsync(SagaScenario.Refund("P-2B", "P-2", 1)),
                    _ => scenario.DecideAsync(Correct(operation)),
                }
            );
        // One that came too early was refused, and is decided again; one that was taken is not.
        await Eventually.SeeAsync(
            async () =>
            {
                var answer = await scenario.DecideAsync(Correct(Guid.NewGuid()));
                return answer.Accepted || answer.State == "Issued";
            },
            done => done,
            "the correction to be taken"
        );
        await scenario.RefundIsAsync("P-2A", "Reversed");
        await scenario.RefundIsAsync("P-2B", "Reversed");
        var order = await scenario.OrderIsAsync("P-2", "Issued");

        Assert.Equal((8, 8, 2), (order.Miles, order.ReversedMiles, order.Revision));
        Assert.Equal(["post", "post", "reverse", "reverse"], scenario.Issuer.Calls.Select(call => call.Operation));
        Assert.Equal(4, scenario.Issuer.Calls.Select(call => call.Call.IdempotencyKey).Distinct().Count());
    }

    static CorrectIssuance Correct(Guid operation) =>
        new()
        {
            OperationId = operation,
            OrderId = "P-2",
            Actor = "ann",
            Reason = "typo",
            CollectorNumber = "84095202006",
        };

    static IEnumerable<string> Permutations(string letters) =>
        letters.Length <= 1
            ? [letters]
            : letters.SelectMany((letter, index) => Permutations(letters.Remove(index, 1)).Select(rest => letter + rest)).Distinct();
}
