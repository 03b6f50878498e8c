using System.Text.Json.Nodes;
using Loyalty.Messaging.Contracts;

namespace Loyalty.Messaging.ContractTests.Contracts;

/// <summary>
/// What the reader of commerce's events demands beyond the records' types. <see cref="When_commerce_publishes"/> holds both against each
/// other.
/// </summary>
internal static class Constraints
{
    const int Amount = 10_000_000;

    /// <summary>
    /// Patterns must mean the same in every dialect of regular expressions. Where <c>$</c> also stands before a last line break, as in
    /// .NET, Python and Java, what may hold nothing but printable ASCII says so once more; look-ahead, which would do as well, some
    /// dialects do not have.
    /// </summary>
    const string PrintableAscii = """ "not": { "type": "string", "pattern": "[^!-~]" } """;

    /// <summary>No control characters but tab and line breaks. A last line break is welcome, so <c>$</c> does no harm.</summary>
    const string Text = """ "pattern": "^[^\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f]*$" """;

    const string Key =
        """{ "minLength": 1, "maxLength": 64, "pattern": "^[A-Za-z0-9._:/-]+$", "not": { "anyOf": [{ "enum": [".", ".."] }, { "type": "string", "pattern": "[^!-~]" }] } }""";
    const string Text64 = $$"""{ "maxLength": 64, {{Text}} }""";
    const string Required64 = $$"""{ "minLength": 1, "maxLength": 64, {{Text}} }""";
    const string Text256 = $$"""{ "maxLength": 256, {{Text}} }""";
    const string NotBlank64 = $$"""{ "maxLength": 64, {{Text}}, "not": { "type": "string", "pattern": "^[ \\t\\r\\n]*$" } }""";
    const string Ids = $$"""{ "type": "string", "minLength": 1, "maxLength": 64, {{Text}} }""";
    const string Collector = $$"""{ "pattern": "^8[0-9]{10}$", {{PrintableAscii}} }""";
    const string Code = $$"""{ "pattern": "^[A-Za-z0-9]{1,8}$", {{PrintableAscii}} }""";
    const string Instant =
        """{ "pattern": "^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,9})?)?(Z|[+-](0[0-9]|1[0-3]):?[0-5][0-9]|[+-]14:?00)$","""
        + PrintableAscii
        + "}";
    static readonly string AboveZero = $$"""{ "exclusiveMinimum": 0, "maximum": {{Amount}} }""";
    static readonly string ZeroOrMore = $$"""{ "minimum": 0, "maximum": {{Amount}} }""";

    static readonly Dictionary<(Type, string), string> OfProperties = new()
    {
        [(typeof(OrderCompleted), "eventId")] = Text64,
        [(typeof(OrderCompleted), "orderId")] = Key,
        [(typeof(OrderCompleted), "collectorNumber")] = Collector,
        [(typeof(OrderCompleted), "completedAt")] = Instant,
        [(typeof(OrderCompleted), "sponsorCode")] = Code,
        [(typeof(OrderCompleted), "locationCode")] = Code,
        [(typeof(OrderCompleted), "deviceId")] = Text64,
        [(typeof(OrderCompleted), "currency")] = $$"""{ "pattern": "^[A-Z]{3}$", {{PrintableAscii}} }""",
        [(typeof(OrderCompleted), "lines")] = """{ "maxItems": 1000 }""",
        [(typeof(OrderCompleted), "issuances")] = """{ "maxItems": 50 }""",
        [(typeof(OrderCompleted), "coupons")] = $$"""{ "maxItems": 100, "items": {{Ids}} }""",
        [(typeof(OrderCompleted), "context")] =
            $$"""{ "maxProperties": 50, "propertyNames": {{Text64}}, "additionalProperties": { "type": "string", "maxLength": 1024, {{Text}} } }""",
        [(typeof(OrderLine), "lineId")] = Required64,
        [(typeof(OrderLine), "sku")] = Text64,
        [(typeof(OrderLine), "category")] = Text64,
        [(typeof(OrderLine), "quantity")] = AboveZero,
        [(typeof(OrderLine), "amount")] = ZeroOrMore,
        [(typeof(OfferIssuance), "issuanceOfferCode")] = Required64,
        [(typeof(OfferIssuance), "milesAmount")] = $$"""{ "minimum": 1, "maximum": {{Amount}} }""",
        [(typeof(OfferIssuance), "offerId")] =
            $$"""{ "type": ["string", "integer", "null"], "maxLength": 64, {{Text}}, "minimum": {{long.MinValue}}, "maximum": {{long.MaxValue}} }""",
        [(typeof(OfferIssuance), "offerDescription")] = Text256,
        [(typeof(OfferIssuance), "lineIds")] = $$"""{ "maxItems": 1000, "items": {{Ids}} }""",
        [(typeof(OrderRefunded), "eventId")] = Text64,
        [(typeof(OrderRefunded), "refundId")] = Key,
        [(typeof(OrderRefunded), "orderId")] = Key,
        [(typeof(OrderRefunded), "refundedAt")] = Instant,
        [(typeof(OrderRefunded), "lines")] = """{ "maxItems": 1000 }""",
        [(typeof(OrderRefunded), "issuances")] = """{ "maxItems": 50 }""",
        [(typeof(OrderRefunded), "reason")] = Text256,
        [(typeof(OrderRefundedLine), "lineId")] = Required64,
        [(typeof(OrderRefundedLine), "quantity")] = AboveZero,
        [(typeof(OrderRefundedLine), "amount")] = ZeroOrMore,
        [(typeof(InquireBalance), "collectorNumber")] = Collector,
        [(typeof(InquireBalance), "amount")] = $$"""
            { "type": ["number", "string"], "pattern": "^0*([0-9]{1,7}([.][0-9]{1,2}0*)?|{{Amount}}([.]0+)?)$", {{PrintableAscii}}, "minimum": 0, "maximum": {{Amount}} }
            """,
        [(typeof(InquireBalance), "cardEntryMode")] = $$"""{ "enum": ["{{string.Join("\", \"", BalanceInquiries.CardEntryModes)}}"] }""",
        [(typeof(InquireBalance), "instantMessage")] = $$"""{ "pattern": "^[a-z]{2}-[A-Z]{2}$", {{PrintableAscii}} }""",
        [(typeof(InquireBalance), "sponsorCode")] = Code,
        [(typeof(InquireBalance), "storeId")] = NotBlank64,
        [(typeof(InquireBalance), "deviceId")] = NotBlank64,
    };

    static readonly Dictionary<Type, string> OfTypes = new()
    {
        [typeof(OrderCompleted)] = """
            { "anyOf": [
              { "required": ["lines"], "properties": { "lines": { "type": "array", "minItems": 1 } } },
              { "required": ["issuances"], "properties": { "issuances": { "type": "array", "minItems": 1 } } } ] }
            """,
        [typeof(OrderRefunded)] = """
            { "oneOf": [
              { "required": ["lines"], "properties": { "lines": { "type": "array", "minItems": 1 } } },
              { "required": ["full"], "properties": { "full": { "const": true } } },
              { "required": ["issuances"], "properties": { "issuances": { "type": "array", "minItems": 1 } } } ] }
            """,
    };

    public static JsonObject Of(Type type, string field) => Parse(OfProperties.GetValueOrDefault((type, field)));

    public static JsonObject Of(Type type) => Parse(OfTypes.GetValueOrDefault(type));

    static JsonObject Parse(string? json) => json is null ? [] : JsonNode.Parse(json)!.AsObject();
}
