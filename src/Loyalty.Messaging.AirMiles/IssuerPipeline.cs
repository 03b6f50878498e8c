using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Telemetry;
using Polly.Timeout;

namespace Loyalty.Messaging.AirMiles;

/// <summary>
/// The tries inside one call, from the outside in: total timeout, retry, the two breakers, timeout of one request. The breakers are those of the whole process.
/// </summary>
/// <remarks>
/// Worst case: 4 requests per call, namely 3 tries (the first and the two additional ones that the issuer asks for) and 1
/// repetition with a new token. Repeating a POST is safe only because key and bytes are the same on every one. Retries over
/// minutes and hours are the caller's: they survive a restart, these do not.
/// While a breaker is open nothing is sent but a probe: one request of one of the waiting calls, at most one a second, rarer as the pause goes on.
/// </remarks>
internal sealed class IssuerPipeline : IIssuerPause
{
    public const int Tries = 3;

    /// <summary>The longest wait inside a call; whoever asks for more is asked again by the caller's durable retries.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    /// <summary>How often a call that waits in a pause looks whether it may probe.</summary>
    public static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(1);

    private const int MaxProbeSeconds = 15;

    private readonly ResiliencePipeline<Reading> _call;
    private readonly ResiliencePipeline<Reading> _probe;
    private readonly ResiliencePipeline<Reading> _request;
    private readonly ILogger<IssuerPipeline> _logger;
    private readonly TimeProvider _time;
    private (DateTimeOffset Since, string Cause)? _pause;
    private readonly CircuitBreakerStateProvider _declared = new();
    private readonly CircuitBreakerStateProvider _failing = new();

    public IssuerPipeline(IOptions<AirMilesOptions> options, TimeProvider time, ILogger<IssuerPipeline> logger)
    {
        (_logger, _time) = (logger, time);
        var attempt = options.Value.AttemptTimeout;
        // 4 requests and as many token requests, and the waits between the tries: never reached unless something hangs.
        TotalTimeout = (attempt * 2 * (Tries + 1)) + (LongestWait * (Tries - 1)) + TimeSpan.FromSeconds(5);
        _probe = Named("issuer-probe", time)
            // An outage that the issuer declares (503) is believed at once.
            .AddCircuitBreaker(Breaker(_declared, "the issuer declares an outage (503)", 2, 0.0001, reading => reading.OutageDeclared))
            // Half of the requests failing is an outage that nobody has declared, or a mistake in our credentials.
            .AddCircuitBreaker(Breaker(_failing, "half of the requests fail", options.Value.BreakerThroughput, 0.5, reading => reading.Outcome is CallOutcome.Unresolved))
            .Build();
        _call = Named("issuer-call", time)
            .AddTimeout(TotalTimeout)
            .AddRetry(new RetryStrategyOptions<Reading>
            {
                MaxRetryAttempts = Tries - 1,
                Delay = options.Value.RetryDelay,
                MaxDelay = LongestWait,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = arguments => ValueTask.FromResult(
                    arguments.Outcome.Result is { TryAgain: true } reading && !(reading.RetryAfter > LongestWait)),
                DelayGenerator = arguments => ValueTask.FromResult(arguments.Outcome.Result?.RetryAfter),
            })
            .AddPipeline(_probe)
            .Build();
        _request = Named("issuer-request", time).AddTimeout(attempt).Build();
        AirMilesTelemetry.ShowPause(() => Paused);
    }

    public TimeSpan TotalTimeout { get; }

    /// <summary>True while nothing but probes is sent.</summary>
    public bool Paused => _declared.CircuitState != CircuitState.Closed || _failing.CircuitState != CircuitState.Closed;

    public DateTimeOffset? Since => Paused ? _pause?.Since : null;

    public string? Cause => Paused ? _pause?.Cause : null;

    /// <exception cref="TimeoutRejectedException">The total timeout has passed.</exception>
    /// <exception cref="BrokenCircuitException">The issuer is paused.</exception>
    public ValueTask<Reading> CallAsync(Func<CancellationToken, ValueTask<Reading>> tryOnce, CancellationToken ct) =>
        _call.ExecuteAsync(tryOnce, ct);

    /// <summary>One try, in a pause.</summary>
    /// <exception cref="BrokenCircuitException">It is not time for a probe, or somebody else's is on its way.</exception>
    public ValueTask<Reading> ProbeAsync(Func<CancellationToken, ValueTask<Reading>> tryOnce, CancellationToken ct) =>
        _probe.ExecuteAsync(tryOnce, ct);

    /// <exception cref="TimeoutRejectedException">The request has taken longer than AirMiles__AttemptTimeout.</exception>
    public ValueTask<Reading> RequestAsync(Func<CancellationToken, ValueTask<Reading>> send, CancellationToken ct) =>
        _request.ExecuteAsync(send, ct);

    /// <summary>With Polly's own metrics (meter Polly). Its log lines would name every try; ours say when a pause begins and ends.</summary>
    private static ResiliencePipelineBuilder<Reading> Named(string name, TimeProvider time) =>
        new ResiliencePipelineBuilder<Reading> { Name = name, TimeProvider = time }.ConfigureTelemetry(new TelemetryOptions());

    private CircuitBreakerStrategyOptions<Reading> Breaker(
        CircuitBreakerStateProvider state, string cause, int throughput, double ratio, Func<Reading, bool> fails) => new()
        {
            StateProvider = state,
            MinimumThroughput = throughput,
            FailureRatio = ratio,
            SamplingDuration = TimeSpan.FromSeconds(30),
            BreakDurationGenerator = arguments => ValueTask.FromResult(TimeSpan.FromSeconds(Math.Min(MaxProbeSeconds, 1 << Math.Min(arguments.HalfOpenAttempts, 4)))),
            ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Result is { } reading && fails(reading)),
            OnOpened = arguments =>
            {
                // A probe that fails opens it again; the pause goes on since it began.
                _pause ??= (_time.GetUtcNow(), cause);
                if (!arguments.IsManual)
                    Log.Paused(_logger, cause, arguments.BreakDuration);
                return default;
            },
            OnClosed = _ =>
            {
                _pause = null;
                Log.Resumed(_logger);
                return default;
            },
        };
}
