using Loyalty.Messaging.Sagas;
using Loyalty.Messaging.Sagas.Issuance;
using Loyalty.Messaging.Sagas.Reversal;

namespace Loyalty.Messaging.Store.Orders;

/// <summary>The two things that there are lists of, and the states they can be in.</summary>
public static class SagaKind
{
    /// <summary>An order's issuance.</summary>
    public const string Issue = "issue";

    /// <summary>A refund's reversal.</summary>
    public const string Reverse = "reverse";

    /// <summary>Every state of either.</summary>
    public static IReadOnlyList<string> States { get; } =
    [.. IssuanceStates.All.Concat(ReversalStates.All).Select(state => state.Name).Distinct()];

    /// <summary>States of either out of which something is still expected, from us, from the issuer or from a person.</summary>
    public static IReadOnlyList<string> OpenStates { get; } = [.. States.Where(state => MeaningOf(state)!.IsOpen)];

    public static IReadOnlyList<StateMeaning> StatesOf(string kind) => kind == Issue ? IssuanceStates.All : ReversalStates.All;

    /// <returns>Null when there is no such state.</returns>
    public static StateMeaning? MeaningOf(string kind, string state) => StatesOf(kind).FirstOrDefault(each => each.Name == state);

    /// <summary>Where the kind does not matter: states of one name mean the same, but for what is to be done.</summary>
    public static StateMeaning? MeaningOf(string state) => MeaningOf(Issue, state) ?? MeaningOf(Reverse, state);
}
