namespace Loyalty.Messaging.Store.Jobs;

/// <summary>Above which numbers a second person has to say yes. What one person does alone within the period counts together.</summary>
/// <param name="Messages">Messages, orders or refunds.</param>
/// <param name="Miles">Issued, taken back or given up.</param>
public sealed record ApprovalLimits(int Messages, long Miles, TimeSpan Period)
{
    public static ApprovalLimits Default { get; } = new(100, 10_000, TimeSpan.FromDays(1));

    /// <summary>Where there is nobody else to ask: a developer alone on a machine.</summary>
    public static ApprovalLimits Off { get; } = new(int.MaxValue, long.MaxValue, TimeSpan.Zero);

    /// <param name="before">What the same person has done alone within the period.</param>
    /// <returns>Why a second person has to say yes; null when nobody has to.</returns>
    public string? Objection(Weight asked, Weight before)
    {
        ArgumentNullException.ThrowIfNull(asked);
        ArgumentNullException.ThrowIfNull(before);
        if (this == Off)
            return null;
        if (asked.Things > Messages)
            return FormattableString.Invariant($"{asked.Things} are more than {Messages} at once");
        if (asked.Untold > 0)
            return FormattableString.Invariant(
                $"of {asked.Untold} it cannot be told how many miles are moved, and it may be more than {Miles}"
            );
        if (asked.Miles > Miles)
            return FormattableString.Invariant($"{asked.Miles} miles are more than {Miles}");
        if (before.Things + asked.Things > Messages)
            return FormattableString.Invariant(
                $"{asked.Things} and the {before.Things} that the same person has done alone {Lately} are more than {Messages}"
            );
        return before.Miles + asked.Miles > Miles
            ? FormattableString.Invariant(
                $"{asked.Miles} miles and the {before.Miles} that the same person has moved alone {Lately} are more than {Miles}"
            )
            : null;
    }

    string Lately => FormattableString.Invariant($"in the last {Period.TotalHours:0.###} hours");
}

/// <summary>How much is done.</summary>
/// <param name="Things">Messages, orders or refunds.</param>
/// <param name="Miles">At most this many are issued, taken back or given up, as far as it can be told.</param>
/// <param name="Untold">Of how many things that cannot be told.</param>
public sealed record Weight(long Things, long Miles, int Untold = 0)
{
    public static Weight Of(IReadOnlyCollection<int?> miles)
    {
        ArgumentNullException.ThrowIfNull(miles);
        return new(miles.Count, miles.Sum(each => (long)(each ?? 0)), miles.Count(each => each is null));
    }
}
