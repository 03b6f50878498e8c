using System.Text.Json;
using Loyalty.Messaging.Simulator.Calls;
using Loyalty.Messaging.Simulator.Fields;

namespace Loyalty.Messaging.Simulator.Issuance;

/// <summary>What contracts/air-miles/openapi.yaml demands of an issuance or a reversal.</summary>
internal sealed class IssuanceRules
{
    readonly Shape _post;
    readonly Shape _reverse;

    public IssuanceRules(SimulatorOptions options)
    {
        Field[] common =
        [
            new("clientTransactionId", true, Values.TextUpTo(100)),
            new("collectorNumber", true, Values.TextLike(Patterns.CollectorNumber, "11 digits starting with 8")),
            new("context", false, Values.TextByName),
            new("coupon", false, Values.Texts),
            new("deviceId", false, Values.Text),
            new(
                "issuances",
                true,
                Values.OneOrMore(
                    new Shape(
                        new("issuanceOfferCode", true, Values.Text),
                        new("locationCode", true, Values.Text),
                        new("milesAmount", true, Values.PositiveInteger),
                        new("offerDescription", false, Values.Text),
                        new("offerId", false, Values.IntegerOrText)
                    )
                )
            ),
            new("sponsorCode", true, Values.OneOf(options.Sponsors)),
            new("transactionDateTime", true, Values.Instant),
        ];
        _post = new Shape(common);
        _reverse = new Shape([.. common, new("originalClientTransactionId", options.OriginalRequired, Values.TextUpTo(100))]);
    }

    /// <summary>The first thing that is wrong with headers or body, or null.</summary>
    public string? FlawOf(IncomingCall call, bool reversal)
    {
        if (!call.HasMediaType("application/json"))
            return "Content-Type must be application/json";
        if (call.IdempotencyKey is not { } key)
            return $"{IncomingCall.KeyHeader} is required";
        if (!Patterns.VersionFourUuid.IsMatch(key))
            return $"{IncomingCall.KeyHeader} must be a version 4 UUID";
        if (call.Json.ValueKind == JsonValueKind.Undefined)
            return "the body is not JSON";
        return (reversal ? _reverse : _post).FlawOf(call.Json, "");
    }
}
