namespace Loyalty.Messaging.Sagas.Plausibility;

/// <summary>What an order may ask for before a person has to look at it. Generous: an honest order meets none of them.</summary>
public sealed record PlausibilityLimits
{
    /// <summary>Whole miles of one order; null: no limit.</summary>
    public int? MilesPerOrder { get; init; } = 100_000;

    /// <summary>Whole miles of all orders of one collector on one transaction day; null: no limit.</summary>
    public int? MilesPerCollectorAndDay { get; init; } = 250_000;

    /// <summary>Between the order's completion and its coming; null: no limit, into the future neither.</summary>
    public TimeSpan? OrderAge { get; init; } = TimeSpan.FromDays(366);

    /// <summary>Clocks of shops may be wrong by that much.</summary>
    static readonly TimeSpan Ahead = TimeSpan.FromDays(1);

    public static PlausibilityLimits Off { get; } =
        new()
        {
            MilesPerOrder = null,
            MilesPerCollectorAndDay = null,
            OrderAge = null,
        };

    /// <returns>Why a person has to look at it; null when nobody has to.</returns>
    public Implausible? OfOrder(int miles, DateTimeOffset completedAt, DateTimeOffset now)
    {
        if (miles > MilesPerOrder)
            return new Implausible(
                "miles_per_order",
                FormattableString.Invariant($"{miles} miles are more than one order may earn ({MilesPerOrder})")
            );
        if (now - completedAt > OrderAge)
            return new Implausible(
                "age",
                FormattableString.Invariant(
                    $"completedAt {completedAt:yyyy-MM-dd} lies more than {OrderAge.Value.TotalDays:0.##} days back"
                )
            );
        if (OrderAge is not null && completedAt - now > Ahead)
            return new Implausible("age", FormattableString.Invariant($"completedAt {completedAt:yyyy-MM-dd} lies in the future"));
        return null;
    }

    /// <param name="miles">Of all orders of the collector on this day, this one included.</param>
    /// <returns>Why a person has to look at it; null when nobody has to.</returns>
    public Implausible? OfCollectorAndDay(long miles) =>
        miles > MilesPerCollectorAndDay
            ? new Implausible(
                "miles_per_collector_and_day",
                FormattableString.Invariant(
                    $"with it the collector would have {miles} miles in one day, more than {MilesPerCollectorAndDay}"
                )
            )
            : null;
}

/// <summary>Why an order is held.</summary>
/// <param name="Limit">Which limit, for the metric.</param>
/// <param name="Reason">A sentence for the person who decides.</param>
public sealed record Implausible(string Limit, string Reason);
