using Loyalty.Messaging.Simulator.Records;

namespace Loyalty.Messaging.Simulator.Issuance;

/// <summary>What is left to reverse of one issued transaction, per offer.</summary>
internal sealed class Remainder(string collectorNumber, string sponsorCode)
{
    readonly Dictionary<(string Code, string? OfferId), long> _left = [];

    public void Give(IEnumerable<OfferMiles> issuances)
    {
        foreach (var offer in issuances)
            _left[KeyOf(offer)] = LeftOf(KeyOf(offer)) + offer.MilesAmount;
    }

    public void Take(IEnumerable<OfferMiles> issuances)
    {
        foreach (var offer in issuances)
            _left[KeyOf(offer)] = LeftOf(KeyOf(offer)) - offer.MilesAmount;
    }

    public Objection? ObjectionTo(IssuanceRequest reversal)
    {
        if (reversal.CollectorNumber != collectorNumber)
            return new Objection(BreachKind.ReversalOfOtherCollector, "collectorNumber is not the original's");
        if (reversal.SponsorCode != sponsorCode)
            return new Objection(BreachKind.ReversalOfOtherSponsor, "sponsorCode is not the original's");

        // Each offer within its own rest makes the total within the total rest.
        foreach (var asked in reversal.Issuances.GroupBy(KeyOf))
        {
            var miles = asked.Sum(offer => offer.MilesAmount);
            var left = LeftOf(asked.Key);
            if (miles > left)
            {
                return new Objection(
                    BreachKind.ReversalAboveIssuance,
                    $"{miles} miles of offer {asked.Key.Code}/{asked.Key.OfferId ?? "-"} asked back, {left} left"
                );
            }
        }

        return null;
    }

    static (string Code, string? OfferId) KeyOf(OfferMiles offer) => (offer.IssuanceOfferCode, offer.OfferId);

    long LeftOf((string Code, string? OfferId) offer) => _left.GetValueOrDefault(offer);
}
