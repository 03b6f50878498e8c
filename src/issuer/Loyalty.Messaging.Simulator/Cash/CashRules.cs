using System.Text.Json;
using Loyalty.Messaging.Simulator.Calls;
using Loyalty.Messaging.Simulator.Fields;

namespace Loyalty.Messaging.Simulator.Cash;

/// <summary>What contracts/air-miles/openapi.yaml demands of ECHO and INQUIRE.</summary>
internal sealed class CashRules
{
    readonly Shape _echo;
    readonly Shape _inquire;

    public CashRules(SimulatorOptions options)
    {
        Field[] common =
        [
            new("deviceId", true, Values.Text),
            new("sponsorCode", true, Values.OneOf(options.Sponsors)),
            new("storeId", true, Values.Text),
            new("traceId", true, Values.Text),
            new("vendorId", true, Values.Text),
        ];
        _echo = new Shape(common);
        _inquire = new Shape([
            .. common,
            new("acquirerId", true, Values.Text),
            new("cardEntryMode", true, Values.Text),
            new("collectorNumber", true, Values.TextLike(Patterns.CollectorNumber, "11 digits starting with 8")),
            new("dateTime", true, Values.TextLike(Patterns.InstantWithPlainOffset, "like 1972-07-16T13:32:00+0400")),
            new("instantMessage", false, Values.TextLike(Patterns.Language, "a language like en-CA")),
            new("postTaxBasketAmount", true, Values.TextLike(Patterns.Dollars, "dollars like 16.12")),
        ]);
    }

    public string? FlawOf(IncomingCall call, bool inquiry)
    {
        if (!call.HasMediaType("application/json"))
            return "Content-Type must be application/json";
        if (call.Http.Request.Headers.CacheControl != "no-cache")
            return "cache-control must be no-cache";
        if (call.Http.Request.Headers.ContainsKey(IncomingCall.KeyHeader))
            return $"{IncomingCall.KeyHeader} is not for ECHO and INQUIRE";
        if (call.Json.ValueKind == JsonValueKind.Undefined)
            return "the body is not JSON";
        return (inquiry ? _inquire : _echo).FlawOf(call.Json, "");
    }
}
