namespace Loyalty.Messaging.Store.Orders;

/// <summary>
/// How long something may be in a state before it counts as stuck. It counts so by its age alone, and no longer when it goes on: nothing is
/// stored.
/// </summary>
/// <param name="After">By name of the state; what is not there is never stuck.</param>
public sealed record StuckLimits(IReadOnlyDictionary<string, TimeSpan> After)
{
    public static StuckLimits Default { get; } =
        new(
            SagaKind.OpenStates.ToDictionary(state => state, state => SagaKind.MeaningOf(state)!.StuckAfter!.Value, StringComparer.Ordinal)
        );

    public bool IsStuck(string state, DateTimeOffset since, DateTimeOffset now) =>
        After.TryGetValue(state, out var limit) && now - since > limit;
}
