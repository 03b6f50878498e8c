namespace Loyalty.Messaging.Earning;

/// <summary>
/// The rules by which an order earns miles. They are frozen with the order as JSON, so members are only ever added, and an added member's
/// default must mean what its absence meant.
/// </summary>
public sealed record EarnRules
{
    /// <summary>Name of this set of rules, shown beside an order's miles. Default <c>1</c>.</summary>
    public string Version { get; init; } = "1";

    /// <summary>The rule that every order is measured by.</summary>
    public BaseRule Base { get; init; } = new();

    /// <summary>What is earned besides, in the order of configuration. Default none.</summary>
    public IReadOnlyList<BonusRule> Bonuses { get; init; } = [];

    /// <summary>What is wrong with the rules, one sentence each that names the configuration key; empty when they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        if (string.IsNullOrWhiteSpace(Version))
            yield return "Earning:Version must not be empty";
        if (Base is null)
        {
            yield return "Earning:Base must be present";
            yield break;
        }

        foreach (var sentence in Base.Validate())
            yield return sentence;
        if (Bonuses is null || Bonuses.Any(bonus => bonus is null))
        {
            yield return "Earning:Bonuses must not hold an empty entry";
            yield break;
        }

        for (var index = 0; index < Bonuses.Count; index++)
        {
            foreach (var sentence in Bonuses[index].Validate($"Earning:Bonuses:{index}", Base))
                yield return sentence;
            if (SharesItsOffer(index) is { } objection)
                yield return objection;
        }
    }

    /// <summary>Refunds are computed per offer, so two rules that may both earn need two offers.</summary>
    string? SharesItsOffer(int index)
    {
        var bonus = Bonuses[index];
        if (bonus.Offer == Base.Offer && Base.Miles != 0)
            return $"Earning:Bonuses:{index}:IssuanceOfferCode and OfferId must not be those of Earning:Base; "
                + "give the bonus an offer of its own";
        for (var other = 0; other < index; other++)
        {
            if (bonus.Offer == Bonuses[other].Offer && !bonus.Excludes(Bonuses[other]))
                return $"Earning:Bonuses:{index}:IssuanceOfferCode and OfferId must not be those of Earning:Bonuses:{other}; "
                    + "only bonuses of one Group may share an offer";
        }

        return null;
    }
}

/// <summary>
/// <see cref="Miles"/> for every whole <see cref="Step"/> of the order's eligible net amount, rounded down once per order.
/// </summary>
public sealed record BaseRule
{
    /// <summary>Amount, in the order's currency and before tax, that earns <see cref="Miles"/> once. Above 0; default 20.00.</summary>
    public decimal Step { get; init; } = 20.00m;

    /// <summary>Miles per <see cref="Step"/>. 0 or more, 0 switches the rule off; default 1.</summary>
    public int Miles { get; init; } = 1;

    /// <summary>Categories whose lines earn nothing, compared without regard to case. Default none.</summary>
    public IReadOnlyList<string> ExcludedCategories { get; init; } = [];

    /// <summary>Offer code under which the miles are issued. Default <c>STANDARD</c>.</summary>
    public string IssuanceOfferCode { get; init; } = "STANDARD";

    /// <summary>Number of the offer at the issuer; default none.</summary>
    public string? OfferId { get; init; }

    /// <summary>Description sent with the miles; default none.</summary>
    public string? OfferDescription { get; init; }

    internal (string Code, string? Id) Offer => (IssuanceOfferCode, OfferId);

    internal IEnumerable<string> Validate()
    {
        if (Step <= 0)
            yield return "Earning:Base:Step must be above 0";
        if (Miles < 0)
            yield return "Earning:Base:Miles must be 0 or above (0 switches the base rule off)";
        if (string.IsNullOrWhiteSpace(IssuanceOfferCode))
            yield return "Earning:Base:IssuanceOfferCode must not be empty";
        if (OfferId is not null && string.IsNullOrWhiteSpace(OfferId))
            yield return "Earning:Base:OfferId must not be blank; leave it out when the offer has none";
        if (ExcludedCategories is null || ExcludedCategories.Any(string.IsNullOrWhiteSpace))
            yield return "Earning:Base:ExcludedCategories must not hold an empty category";
    }

    internal bool Counts(BasketLine line) =>
        line.Category is null || !ExcludedCategories.Contains(line.Category, StringComparer.OrdinalIgnoreCase);
}
