using Loyalty.Messaging.Earning;
using Xunit;

namespace Loyalty.Messaging.UnitTests.Earning;

/// <summary>Short ways to write down orders and refunds.</summary>
internal static class Orders
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.FromHours(-5));

    public static readonly DateOnly Day = new(2026, 11, 21);

    public static Basket Basket(params BasketLine[] lines) => new(lines, ["save"], Noon, Day);

    public static BasketLine Line(string id, decimal quantity, decimal amount, string? category = null) =>
        new(id, null, category, quantity, amount);

    public static IssuedMiles Earned(EarnRules rules, params BasketLine[] lines) =>
        new()
        {
            Basket = Basket(lines),
            Rules = rules,
            Offers = EarnedMiles.For(rules, Basket(lines)),
        };

    public static IssuedMiles Calculated(IReadOnlyList<OfferMiles> offers, params BasketLine[] lines) =>
        new()
        {
            Basket = Basket(lines),
            Rules = null,
            Offers = offers,
        };

    public static OfferMiles Standard(int miles, params string[] lineIds) => new("STANDARD", null, null, miles, lineIds);

    public static RefundRequest Full(string id = "RF-full") => new(id, true, [], []);

    public static RefundRequest Lines(params RefundedLine[] lines) => new("RF-lines", false, lines, []);

    public static RefundRequest Miles(params OfferMiles[] miles) => new("RF-miles", false, [], miles);

    public static ReversalGrant Standing(RefundRequest refund, params OfferMiles[] miles) => new(refund, miles);

    /// <summary>Grants the refunds one after the other and gives the miles that each took in all.</summary>
    public static int[] TakenBy(IssuedMiles issued, params RefundRequest[] refunds) =>
        [.. Run(issued, refunds).Select(grant => grant.Miles.Sum(offer => offer.Miles))];

    public static IReadOnlyList<ReversalGrant> Run(IssuedMiles issued, IEnumerable<RefundRequest> refunds)
    {
        var standing = new List<ReversalGrant>();
        foreach (var refund in refunds)
        {
            var granted = Assert.IsType<RefundAnswer.Granted>(RefundArithmetic.Grant(issued, standing, refund));
            standing.Add(new ReversalGrant(refund, granted.Miles));
        }

        return standing;
    }

    public static string Refusal(IssuedMiles issued, RefundRequest refund, params ReversalGrant[] standing) =>
        Assert.IsType<RefundAnswer.Refused>(RefundArithmetic.Grant(issued, standing, refund)).Reason;
}
