using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Loyalty.Messaging.AirMiles;

/// <summary>What can be watched from outside. The names are an interface: dashboards and alerts hold on to them.</summary>
internal static class AirMilesTelemetry
{
    public const string CallSending = "call.sending";
    public const string CallAnswered = "call.answered";

    public static readonly ActivitySource Activities = new("Loyalty.Messaging");

    static readonly DiagnosticListener Listener = new("Loyalty.Messaging.AirMiles");
    static readonly Meter Meter = new("Loyalty.Messaging");

    static readonly Histogram<double> Duration = Meter.CreateHistogram<double>(
        "loyalty.airmiles.request.duration",
        "s",
        "How long a call to the issuer took, its repetitions included"
    );

    static readonly Counter<long> Requests = Meter.CreateCounter<long>(
        "loyalty.airmiles.requests",
        "{call}",
        "Calls to the issuer by what became of them"
    );

    static readonly Counter<long> Attempts = Meter.CreateCounter<long>(
        "loyalty.airmiles.attempts",
        "{attempt}",
        "Requests to the issuer, each repetition counted separately"
    );

    /// <summary>Shows whether calls are paused, for as long as the process lives.</summary>
    public static void ShowPause(Func<bool> paused) =>
        Meter.CreateObservableGauge(
            "loyalty.airmiles.paused",
            () => paused() ? 1 : 0,
            null,
            "1 while calls wait because the issuer is down"
        );

    /// <summary>Tells listeners where a call stands; the payload is its key alone.</summary>
    public static void Tell(string name, Guid idempotencyKey)
    {
        if (Listener.IsEnabled(name))
            Listener.Write(name, idempotencyKey.ToString());
    }

    public static void Finish(Activity? activity, string operation, CallResult result, TimeSpan duration) =>
        Finish(
            activity,
            operation,
            result.Outcome.Word,
            result.Attempts.Count,
            result.Attempts is [.., { } last] ? last.Status : null,
            result.Outcome is CallOutcome.Unresolved,
            duration
        );

    public static void Finish(
        Activity? activity,
        string operation,
        string outcome,
        int attempts,
        int? lastStatus,
        bool failed,
        TimeSpan duration
    )
    {
        var tags = new TagList { { "operation", operation }, { "outcome", outcome } };
        Duration.Record(duration.TotalSeconds, tags);
        Requests.Add(1, tags);
        Attempts.Add(attempts, new KeyValuePair<string, object?>("operation", operation));
        if (activity is null)
            return;
        activity.SetTag("loyalty.airmiles.outcome", outcome);
        activity.SetTag("loyalty.airmiles.attempts", attempts);
        if (lastStatus is { } status)
            activity.SetTag("http.response.status_code", status);
        if (failed)
            activity.SetStatus(ActivityStatusCode.Error);
    }
}
