using System.Text.Json.Nodes;
using Loyalty.Messaging.Contracts;

namespace Loyalty.Messaging.ContractTests.Contracts;

/// <summary>What the reader of commerce's events demands beyond the records' types. <see cref="When_commerce_publishes"/> holds both against each other.</summary>
internal static class Constraints
{
    const int Amount = 10_000_000;

    const string Key = """{ "minLength": 1, "maxLength": 64, "pattern": "^[A-Za-z0-9._:/-]+$" }""";
    const string Text64 = """{ "maxLength": 64 }""";
    const string Required64 = """{ "minLength": 1, "maxLength": 64 }""";
    const string Text256 = """{ "maxLength": 256 }""";
    const string Code = """{ "pattern": "^[A-Za-z0-9]{1,8}$" }""";
    const string Instant = """{ "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}:?[0-9]{2})$" }""";
    static readonly string AboveZero = $$"""{ "exclusiveMinimum": 0, "maximum": {{Amount}} }""";
    static readonly string ZeroOrMore = $$"""{ "minimum": 0, "maximum": {{Amount}} }""";

    static readonly Dictionary<(Type, string), string> OfProperties = new()
    {
        [(typeof(OrderCompleted), "eventId")] = Text64,
        [(typeof(OrderCompleted), "orderId")] = Key,
        [(typeof(OrderCompleted), "collectorNumber")] = """{ "pattern": "^8[0-9]{10}$" }""",
        [(typeof(OrderCompleted), "completedAt")] = Instant,
        [(typeof(OrderCompleted), "sponsorCode")] = Code,
        [(typeof(OrderCompleted), "locationCode")] = Code,
        [(typeof(OrderCompleted), "deviceId")] = Text64,
        [(typeof(OrderCompleted), "currency")] = """{ "pattern": "^[A-Z]{3}$" }""",
        [(typeof(OrderCompleted), "lines")] = """{ "maxItems": 1000 }""",
        [(typeof(OrderCompleted), "issuances")] = """{ "maxItems": 50 }""",
        [(typeof(OrderCompleted), "coupons")] = """{ "maxItems": 100, "items": { "type": "string", "minLength": 1, "maxLength": 64 } }""",
        [(typeof(OrderCompleted), "context")] =
            """{ "maxProperties": 50, "propertyNames": { "maxLength": 64 }, "additionalProperties": { "type": "string", "maxLength": 1024 } }""",
        [(typeof(OrderLine), "lineId")] = Required64,
        [(typeof(OrderLine), "sku")] = Text64,
        [(typeof(OrderLine), "category")] = Text64,
        [(typeof(OrderLine), "quantity")] = AboveZero,
        [(typeof(OrderLine), "amount")] = ZeroOrMore,
        [(typeof(OfferIssuance), "issuanceOfferCode")] = Required64,
        [(typeof(OfferIssuance), "milesAmount")] = $$"""{ "minimum": 1, "maximum": {{Amount}} }""",
        [(typeof(OfferIssuance), "offerId")] = """{ "type": ["string", "integer", "null"], "maxLength": 64 }""",
        [(typeof(OfferIssuance), "offerDescription")] = Text256,
        [(typeof(OfferIssuance), "lineIds")] = """{ "maxItems": 1000, "items": { "type": "string", "minLength": 1, "maxLength": 64 } }""",
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
        [(typeof(InquireBalance), "collectorNumber")] = """{ "pattern": "^8[0-9]{10}$" }""",
        [(typeof(InquireBalance), "amount")] = $$"""{ "type": ["number", "string"], "pattern": "^[0-9]{1,8}([.][0-9]{1,2})?$", "minimum": 0, "maximum": {{Amount}} }""",
        [(typeof(InquireBalance), "cardEntryMode")] = """{ "pattern": "^(SWIPE|SCAN|PREREGISTERED)$" }""",
        [(typeof(InquireBalance), "instantMessage")] = """{ "pattern": "^[a-z]{2}-[A-Z]{2}$" }""",
        [(typeof(InquireBalance), "sponsorCode")] = Code,
        [(typeof(InquireBalance), "storeId")] = """{ "maxLength": 64, "pattern": "[^ ]" }""",
        [(typeof(InquireBalance), "deviceId")] = """{ "maxLength": 64, "pattern": "[^ ]" }""",
    };

    static readonly Dictionary<Type, string> OfTypes = new()
    {
        [typeof(OrderCompleted)] =
            """
            { "anyOf": [
              { "required": ["lines"], "properties": { "lines": { "type": "array", "minItems": 1 } } },
              { "required": ["issuances"], "properties": { "issuances": { "type": "array", "minItems": 1 } } } ] }
            """,
        [typeof(OrderRefunded)] =
            """
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
