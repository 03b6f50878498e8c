using Microsoft.Extensions.Options;
using Polly;
using Polly.Retry;
using Polly.Telemetry;
using Polly.Timeout;

namespace Loyalty.Messaging.AirMiles;

/// <summary>
/// The tries inside one call, from the outside in: total timeout, retry, timeout of one request. <see cref="IssuerPause"/> says of each
/// whether it may be made now.
/// </summary>
/// <remarks>
/// Worst case: 4 requests per call, namely 3 tries (the first and the two additional ones that the issuer asks for) and 1 repetition with a
/// new token. Repeating a POST is safe only because key and bytes are the same on every one. Retries over minutes and hours are the
/// caller's: they survive a restart, these do not.
/// </remarks>
internal sealed class IssuerPipeline
{
    public const int Tries = 3;

    /// <summary>The longest wait inside a call; whoever asks for more is asked again by the caller's durable retries.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    private readonly ResiliencePipeline<Reading> _call;
    private readonly ResiliencePipeline<Reading> _request;

    public IssuerPipeline(IOptions<AirMilesOptions> options, TimeProvider time)
    {
        var attempt = options.Value.AttemptTimeout;
        // 4 requests and as many token requests, and the waits between the tries: never reached unless something hangs.
        TotalTimeout = (attempt * 2 * (Tries + 1)) + (LongestWait * (Tries - 1)) + TimeSpan.FromSeconds(5);
        _call = Named("issuer-call", time)
            .AddTimeout(TotalTimeout)
            .AddRetry(
                new RetryStrategyOptions<Reading>
                {
                    MaxRetryAttempts = Tries - 1,
                    Delay = options.Value.RetryDelay,
                    MaxDelay = LongestWait,
                    BackoffType = DelayBackoffType.Exponential,
                    UseJitter = true,
                    ShouldHandle = arguments =>
                        ValueTask.FromResult(arguments.Outcome.Result is { TryAgain: true } reading && !(reading.RetryAfter > LongestWait)),
                    DelayGenerator = arguments => ValueTask.FromResult(arguments.Outcome.Result?.RetryAfter),
                }
            )
            .Build();
        _request = Named("issuer-request", time).AddTimeout(attempt).Build();
    }

    public TimeSpan TotalTimeout { get; }

    /// <exception cref="TimeoutRejectedException">The total timeout has passed.</exception>
    public ValueTask<Reading> CallAsync(Func<CancellationToken, ValueTask<Reading>> tryOnce, CancellationToken ct) =>
        _call.ExecuteAsync(tryOnce, ct);

    /// <exception cref="TimeoutRejectedException">The request has taken longer than AirMiles__AttemptTimeout.</exception>
    public ValueTask<Reading> RequestAsync(Func<CancellationToken, ValueTask<Reading>> send, CancellationToken ct) =>
        _request.ExecuteAsync(send, ct);

    /// <summary>
    /// With Polly's own metrics (meter Polly). Its log lines would name every try; ours say when a pause begins and ends.
    /// </summary>
    private static ResiliencePipelineBuilder<Reading> Named(string name, TimeProvider time) =>
        new ResiliencePipelineBuilder<Reading> { Name = name, TimeProvider = time }.ConfigureTelemetry(new TelemetryOptions());
}
