namespace Loyalty.Messaging.Earning;

/// <summary>
/// Miles on top of the base rule, issued under an offer of their own. Every condition that is given must hold; lists are compared without
/// regard to case.
/// </summary>
/// <remarks>
/// Frozen with every order as JSON: members are only ever added, and an added member's default must mean what its absence meant.
/// </remarks>
public sealed record BonusRule
{
    /// <summary>Articles whose lines match. Default empty: every article.</summary>
    public IReadOnlyList<string> Skus { get; init; } = [];

    /// <summary>Categories whose lines match. Default empty: every category.</summary>
    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>The order must carry one of these coupons. Default empty: none needed.</summary>
    public IReadOnlyList<string> Coupons { get; init; } = [];

    /// <summary>
    /// Net amount that <see cref="ThresholdOf"/> must reach, in the order's currency and before tax. Above 0; default none.
    /// </summary>
    public decimal? Threshold { get; init; }

    /// <summary>What is measured against <see cref="Threshold"/>. Default <see cref="EarnScope.MatchingLines"/>.</summary>
    public EarnScope ThresholdOf { get; init; }

    /// <summary>
    /// First day of the window, a local calendar day of the transaction-day zone; it counts itself. Default no beginning.
    /// </summary>
    public DateOnly? FirstDay { get; init; }

    /// <summary>Last day of the window; it counts itself. Default no end.</summary>
    public DateOnly? LastDay { get; init; }

    /// <summary>
    /// Fixed miles: once per order, or for every whole <see cref="Step"/>. Above 0. Exactly one of this and <see cref="Multiplier"/>.
    /// </summary>
    public int? Miles { get; init; }

    /// <summary>Net amount of the matching lines that earns <see cref="Miles"/> once. Above 0; default none: once per order.</summary>
    public decimal? Step { get; init; }

    /// <summary>How many times the base miles there are in all: 2 doubles them, so that the bonus is as much again. Above 1.</summary>
    public decimal? Multiplier { get; init; }

    /// <summary>Whose base miles are multiplied. Default <see cref="EarnScope.MatchingLines"/>.</summary>
    public EarnScope MultiplierOf { get; init; }

    /// <summary>
    /// Of the bonuses of one group only the one with most miles counts, of equals the first. Default none: the bonus adds to the others.
    /// </summary>
    public string? Group { get; init; }

    /// <summary>Offer code under which the miles are issued. Required.</summary>
    public string IssuanceOfferCode { get; init; } = "";

    /// <summary>Number of the offer at the issuer; default none.</summary>
    public string? OfferId { get; init; }

    /// <summary>Description sent with the miles; default none.</summary>
    public string? OfferDescription { get; init; }

    internal (string Code, string? Id) Offer => (IssuanceOfferCode, OfferId);

    internal bool IsOpenOn(DateOnly? day) =>
        (FirstDay is null && LastDay is null) || (day is { } known && known >= (FirstDay ?? known) && known <= (LastDay ?? known));

    internal bool IsCalledFor(IReadOnlyList<string> coupons) => Coupons.Count == 0 || coupons.Any(coupon => Names(Coupons, coupon));

    internal bool Matches(BasketLine line) =>
        (Skus.Count == 0 || Names(Skus, line.Sku)) && (Categories.Count == 0 || Names(Categories, line.Category));

    internal bool Excludes(BonusRule other) => Group is not null && string.Equals(Group, other.Group, StringComparison.OrdinalIgnoreCase);

    /// <param name="key">Where the rule stands, for example <c>Earning:Bonuses:0</c>.</param>
    internal IEnumerable<string> Validate(string key, BaseRule baseRule)
    {
        if ((Miles is null) == (Multiplier is null))
            yield return $"{key} must have either Miles or Multiplier";
        if (Miles < 1)
            yield return $"{key}:Miles must be 1 or above";
        if (Step <= 0)
            yield return $"{key}:Step must be above 0; leave it out when the miles are earned once per order";
        if (Step is not null && Miles is null)
            yield return $"{key}:Step needs {key}:Miles, which are earned for every whole step";
        if (Multiplier <= 1)
            yield return $"{key}:Multiplier must be above 1 (2 doubles the base miles)";
        if (Multiplier is not null && baseRule.Miles == 0)
            yield return $"{key}:Multiplier multiplies base miles, but Earning:Base:Miles is 0";
        if (Threshold <= 0)
            yield return $"{key}:Threshold must be above 0; leave it out when there is none";
        if (LastDay < FirstDay)
            yield return $"{key}:LastDay must not be before {key}:FirstDay";
        if (!Enum.IsDefined(ThresholdOf))
            yield return $"{key}:ThresholdOf must be MatchingLines or Order";
        if (!Enum.IsDefined(MultiplierOf))
            yield return $"{key}:MultiplierOf must be MatchingLines or Order";
        foreach (var (list, name) in new[] { (Skus, nameof(Skus)), (Categories, nameof(Categories)), (Coupons, nameof(Coupons)) })
        {
            if (list is null || list.Any(string.IsNullOrWhiteSpace))
                yield return $"{key}:{name} must not hold an empty entry";
        }

        foreach (
            var category in (Categories ?? []).Where(category => category is not null && Names(baseRule.ExcludedCategories ?? [], category))
        )
            yield return $"{key}:Categories must not name {category}, which Earning:Base:ExcludedCategories keeps from earning";
        if (
            Skus is { Count: 0 }
            && Categories is { Count: 0 }
            && Coupons is { Count: 0 }
            && Threshold is null
            && FirstDay is null
            && LastDay is null
        )
            yield return $"{key} must have a condition (Skus, Categories, Coupons, Threshold, FirstDay or LastDay); "
                + "miles for every order belong to Earning:Base";
        if (Group is not null && string.IsNullOrWhiteSpace(Group))
            yield return $"{key}:Group must not be blank; leave it out when the bonus adds to the others";
        if (string.IsNullOrWhiteSpace(IssuanceOfferCode))
            yield return $"{key}:IssuanceOfferCode must not be empty";
        if (OfferId is not null && string.IsNullOrWhiteSpace(OfferId))
            yield return $"{key}:OfferId must not be blank; leave it out when the offer has none";
    }

    static bool Names(IReadOnlyList<string> list, string? value) =>
        value is not null && list.Contains(value, StringComparer.OrdinalIgnoreCase);
}

/// <summary>What a bonus measures. Lines of excluded categories are in neither.</summary>
public enum EarnScope
{
    /// <summary>The lines that match the bonus's articles and categories.</summary>
    MatchingLines,

    /// <summary>All lines of the order.</summary>
    Order,
}
