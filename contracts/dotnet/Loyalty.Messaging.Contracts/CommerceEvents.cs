using System.Text.Json;
using System.Text.RegularExpressions;

namespace Loyalty.Messaging.Contracts;

/// <summary>
/// Reads what commerce publishes, strictly in what it needs and leniently in what it does not know: unknown fields are ignored.
/// The same reader guards the worker's queue and tells a commerce team whether an event would be accepted.
/// </summary>
public static partial class CommerceEvents
{
    const int DeepestNesting = 32;
    const int MostLines = 1000;
    const int MostCoupons = 100;
    const int MostIssuances = 50;

    /// <param name="body">The event as JSON.</param>
    /// <param name="numbersAsText">True for MassTransit's envelope: its serializer writes decimals as strings.</param>
    /// <exception cref="ContractViolationException">The body is no valid order-completed event; the message names the fields.</exception>
    public static OrderCompleted ReadOrderCompleted(ReadOnlyMemory<byte> body, bool numbersAsText = false) =>
        Read("order-completed", body, OrderCompletedOf, numbersAsText);

    /// <inheritdoc cref="ReadOrderCompleted"/>
    /// <exception cref="ContractViolationException">The body is no valid order-refunded event; the message names the fields.</exception>
    public static OrderRefunded ReadOrderRefunded(ReadOnlyMemory<byte> body, bool numbersAsText = false) =>
        Read("order-refunded", body, OrderRefundedOf, numbersAsText);

    internal static T Read<T>(string name, ReadOnlyMemory<byte> body, Func<JsonCursor, T?> read, bool numbersAsText = false)
        where T : class
    {
        var violations = new List<ContractViolation>();
        using var document = EventBody.Parse(name, body, DeepestNesting);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
            violations.Add(new("", "The body must be a JSON object"));
        else if (read(new JsonCursor(document.RootElement, "", violations, numbersAsText)) is { } value && violations.Count == 0)
            return value;
        throw new ContractViolationException(name, violations);
    }

    static OrderCompleted? OrderCompletedOf(JsonCursor at)
    {
        var eventId = at.Text("eventId");
        var orderId = at.Key("orderId");
        var collector = at.TextLike("collectorNumber", CollectorPattern(), "must be 11 digits and start with 8", required: true);
        var completedAt = at.Instant("completedAt");
        var sponsor = at.TextLike("sponsorCode", SponsorPattern(), "must be 1 to 8 letters or digits");
        var location = at.TextLike("locationCode", SponsorPattern(), "must be 1 to 8 letters or digits", required: true);
        var device = at.Text("deviceId");
        var currency = at.TextLike("currency", CurrencyPattern(), "must be a three-letter ISO 4217 code");
        var lines = at.List("lines", MostLines, LineOf);
        var issuances = at.List("issuances", MostIssuances, IssuanceOf);
        var coupons = at.Texts("coupons", MostCoupons);
        var context = at.Notes("context");
        if (lines.Count == 0 && issuances.Count == 0 && at.Violations.Count == 0)
            at.Broken("lines", "or issuances is required, with at least one entry");
        foreach (var lineId in lines.GroupBy(line => line.LineId, StringComparer.Ordinal).Where(group => group.Count() > 1))
            at.Broken("lines", $"hold lineId {lineId.Key} more than once");
        if (issuances.Select(offer => (offer.IssuanceOfferCode, offer.OfferId)).Distinct().Count() != issuances.Count)
            at.Broken("issuances", "name one offer (issuanceOfferCode and offerId) more than once");
        var lineIds = lines.Select(line => line.LineId).ToHashSet(StringComparer.Ordinal);
        if (issuances.SelectMany(offer => offer.LineIds ?? []).FirstOrDefault(id => !lineIds.Contains(id)) is { } stray)
            at.Broken("issuances", $"name lineId {stray}, which is not among the lines");
        if (orderId is null || collector is null || completedAt is null || location is null)
            return null;
        return new OrderCompleted
        {
            EventId = eventId,
            OrderId = orderId,
            CollectorNumber = collector,
            CompletedAt = completedAt.Value,
            SponsorCode = sponsor,
            LocationCode = location,
            DeviceId = device,
            Currency = currency,
            Lines = lines,
            Issuances = issuances,
            Coupons = coupons,
            Context = context,
        };
    }

    static OrderRefunded? OrderRefundedOf(JsonCursor at)
    {
        var eventId = at.Text("eventId");
        var refundId = at.Key("refundId");
        var orderId = at.Key("orderId");
        var refundedAt = at.Instant("refundedAt");
        var lines = at.List("lines", MostLines, RefundedLineOf);
        var full = at.Flag("full");
        var issuances = at.List("issuances", MostIssuances, IssuanceOf);
        var reason = at.Text("reason", longest: 256);
        if (at.Violations.Count == 0 && (lines.Count > 0 ? 1 : 0) + (full ? 1 : 0) + (issuances.Count > 0 ? 1 : 0) != 1)
            at.Broken("lines", "or \"full\": true or issuances is required, and only one of them");
        foreach (var lineId in lines.GroupBy(line => line.LineId, StringComparer.Ordinal).Where(group => group.Count() > 1))
            at.Broken("lines", $"hold lineId {lineId.Key} more than once");
        if (refundId is null || orderId is null || refundedAt is null)
            return null;
        return new OrderRefunded
        {
            EventId = eventId,
            RefundId = refundId,
            OrderId = orderId,
            RefundedAt = refundedAt.Value,
            Lines = lines,
            Full = full,
            Issuances = issuances,
            Reason = reason,
        };
    }

    static OrderLine? LineOf(JsonCursor at)
    {
        var (lineId, sku, category) = (at.Text("lineId", required: true), at.Text("sku"), at.Text("category"));
        var (quantity, amount) = (at.Number("quantity", true, aboveZero: true), at.Number("amount", true, aboveZero: false));
        return lineId is null || quantity is null || amount is null
            ? null
            : new OrderLine
            {
                LineId = lineId,
                Sku = sku,
                Category = category,
                Quantity = quantity.Value,
                Amount = amount.Value,
            };
    }

    static OrderRefundedLine? RefundedLineOf(JsonCursor at)
    {
        var lineId = at.Text("lineId", required: true);
        var (quantity, amount) = (at.Number("quantity", false, aboveZero: true), at.Number("amount", false, aboveZero: false));
        return lineId is null
            ? null
            : new OrderRefundedLine
            {
                LineId = lineId,
                Quantity = quantity,
                Amount = amount,
            };
    }

    static OfferIssuance? IssuanceOf(JsonCursor at)
    {
        var (code, miles) = (at.Text("issuanceOfferCode", required: true), at.Whole("milesAmount"));
        var (offerId, description) = (at.TextOrInteger("offerId"), at.Text("offerDescription", longest: 256));
        var lineIds = at.Has("lineIds") ? at.Texts("lineIds", MostLines) : null;
        return code is null || miles is null
            ? null
            : new OfferIssuance
            {
                IssuanceOfferCode = code,
                MilesAmount = miles.Value,
                OfferId = offerId,
                OfferDescription = description,
                LineIds = lineIds,
            };
    }

    [GeneratedRegex(@"^8\d{10}\z", RegexOptions.CultureInvariant | RegexOptions.ECMAScript)]
    internal static partial Regex CollectorPattern();

    [GeneratedRegex(@"^[A-Za-z0-9]{1,8}\z", RegexOptions.CultureInvariant)]
    internal static partial Regex SponsorPattern();

    [GeneratedRegex(@"^[A-Z]{3}\z", RegexOptions.CultureInvariant)]
    private static partial Regex CurrencyPattern();
}
