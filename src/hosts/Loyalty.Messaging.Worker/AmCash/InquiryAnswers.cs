using Loyalty.Messaging.AirMiles.AmCash;
using Loyalty.Messaging.Contracts;

namespace Loyalty.Messaging.Worker.AmCash;

/// <summary>What the issuer said, in the words of the contract.</summary>
internal static class InquiryAnswers
{
    public static BalanceInquired Inquired(InquireBalance question, InquiryResult result) =>
        new()
        {
            CollectorLast4 = question.CollectorNumber[^4..],
            ResponseCode = result.Verdict.Code!,
            Meaning = result.Verdict.Meaning,
            Message = result.Exchange.Message,
            Display = new DisplayRules
            {
                BalancesOnReceipt = result.Verdict.ShowBalances,
                BalancesOnTerminal = false,
                OfferRedemption = result.Offer is not null,
            },
            CashBalance = result.Balances?.Cash,
            DreamBalance = result.Balances?.Dream,
            AvailableCashBalance = result.Balances?.AvailableCash,
            AvailableDollarAmount = result.Balances?.AvailableDollars,
            Offer = result.Offer is { } offer ? OfferOf(offer) : null,
            TraceId = result.Exchange.TraceId,
            OccurredAt = result.At,
        };

    public static BalanceInquiryFailed Failed(InquireBalance question, InquiryResult result) =>
        new()
        {
            CollectorLast4 = question.CollectorNumber[^4..],
            ResponseCode = result.Verdict.Code,
            Outcome = AmCashWords.Of(result.Verdict.Outcome),
            Reason = result.Verdict.Meaning,
            Message = result.Exchange.Message,
            Actor = AmCashWords.Of(result.Verdict.Actor),
            Display = DisplayRules.None,
            TraceId = result.Exchange.TraceId,
            OccurredAt = result.At,
        };

    static RedemptionOffer OfferOf(CashOffer offer) =>
        new()
        {
            AvailableUnits = offer.Units,
            DailyUnits = offer.DailyUnits,
            UnitMiles = offer.UnitMiles,
            UnitDollars = offer.UnitDollars,
            OfferId = offer.OfferId,
            OfferType = offer.OfferType,
            DescriptionEn = offer.DescriptionEn,
            DescriptionFr = offer.DescriptionFr,
        };
}
