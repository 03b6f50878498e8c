using System.Diagnostics.Metrics;

namespace Loyalty.Messaging.Sagas;

/// <summary>The sagas' figures. Names and tags are an API: dashboards and alerts hold on to them.</summary>
internal static class SagaTelemetry
{
    static readonly Meter Meter = new(LoyaltyTelemetry.Name);
    static readonly Counter<long> IssuedMiles = Meter.CreateCounter<long>("loyalty.miles.issued", "{mile}", "Miles the issuer accepted");
    static readonly Counter<long> ReversedMiles = Meter.CreateCounter<long>(
        "loyalty.miles.reversed",
        "{mile}",
        "Miles the issuer took back"
    );
    static readonly Counter<long> Issuances = Meter.CreateCounter<long>("loyalty.issuances", "{order}", "Orders by outcome of their call");
    static readonly Counter<long> Reversals = Meter.CreateCounter<long>(
        "loyalty.reversals",
        "{refund}",
        "Refunds by outcome of their call"
    );
    static readonly Histogram<double> IssuanceDuration = Meter.CreateHistogram<double>(
        "loyalty.issuance.duration",
        "s",
        "From the frozen call to its outcome"
    );
    static readonly Histogram<double> ReversalDuration = Meter.CreateHistogram<double>(
        "loyalty.reversal.duration",
        "s",
        "From the frozen call to its outcome"
    );

    public static Counter<long> Conflicts { get; } =
        Meter.CreateCounter<long>("loyalty.events.conflicts", "{event}", "Events that came again with other content");
    public static Counter<long> CheckDigits { get; } =
        Meter.CreateCounter<long>(
            "loyalty.collectors.check_digit_failures",
            "{order}",
            "Orders whose collector number has a wrong check digit"
        );

    public static Counter<long> Overdue { get; } =
        Meter.CreateCounter<long>(
            "loyalty.refunds.overdue",
            "{refund}",
            "Refunds that have waited for their order longer than expected; counted once per period"
        );

    public static Counter<long> Held { get; } =
        Meter.CreateCounter<long>(
            "loyalty.orders.held",
            "{order}",
            "Orders above a limit of the plausible, which wait for a person; by limit"
        );

    public static Counter<long> LostCalls { get; } =
        Meter.CreateCounter<long>(
            "loyalty.calls.lost",
            "{call}",
            "Calls that had no answer for too long and were sent to their queue again"
        );

    static readonly Counter<long> Keys = Meter.CreateCounter<long>(
        "loyalty.airmiles.keys",
        "{key}",
        "Calls that were frozen, each with a key of its own"
    );

    /// <param name="operation">As the attempts have it.</param>
    public static void Frozen(string operation) => Keys.Add(1, new KeyValuePair<string, object?>("operation", operation));

    public static void Issuance(string outcome, int miles, DateTimeOffset? requested, DateTimeOffset settled) =>
        Record(Issuances, IssuedMiles, IssuanceDuration, outcome, miles, requested, settled);

    public static void Reversal(string outcome, int miles, DateTimeOffset? requested, DateTimeOffset settled) =>
        Record(Reversals, ReversedMiles, ReversalDuration, outcome, miles, requested, settled);

    static void Record(
        Counter<long> count,
        Counter<long> total,
        Histogram<double> duration,
        string outcome,
        int miles,
        DateTimeOffset? requested,
        DateTimeOffset settled
    )
    {
        var tag = new KeyValuePair<string, object?>("outcome", outcome);
        count.Add(1, tag);
        if (outcome is "issued" or "reversed" or "pending")
            total.Add(miles, tag);
        if (requested is { } started)
            duration.Record((settled - started).TotalSeconds, tag);
    }
}
