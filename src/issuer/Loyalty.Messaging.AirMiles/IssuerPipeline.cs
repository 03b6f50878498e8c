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

    readonly ResiliencePipeline<Reading> _call;
    readonly ResiliencePipeline _request;
    readonly TimeSpan _totalTimeout;

    /// <summary>
    /// With Polly's own metrics (meter Polly). Its log lines would name every try; ours say when a pause begins and ends.
    /// </summary>
    public IssuerPipeline(IOptions<AirMilesOptions> options, TimeProvider time)
    {
        var attempt = options.Value.AttemptTimeout;
        // 4 requests and as many token requests, and the waits between the tries: never reached unless something hangs.
        _totalTimeout = (attempt * 2 * (Tries + 1)) + (AirMilesOptions.LongestWait * (Tries - 1)) + TimeSpan.FromSeconds(5);
        _call = new ResiliencePipelineBuilder<Reading> { Name = "issuer-call", TimeProvider = time }
            .ConfigureTelemetry(new TelemetryOptions())
            .AddTimeout(_totalTimeout)
            .AddRetry(
                new RetryStrategyOptions<Reading>
                {
                    MaxRetryAttempts = Tries - 1,
                    Delay = options.Value.RetryDelay,
                    MaxDelay = AirMilesOptions.LongestWait,
                    BackoffType = DelayBackoffType.Exponential,
                    UseJitter = true,
                    ShouldHandle = arguments =>
                        ValueTask.FromResult(
                            arguments.Outcome.Result is { TryAgain: true } reading && !(reading.RetryAfter > AirMilesOptions.LongestWait)
                        ),
                    DelayGenerator = arguments => ValueTask.FromResult(arguments.Outcome.Result?.RetryAfter),
                }
            )
            .Build();
        _request = new ResiliencePipelineBuilder { Name = "issuer-request", TimeProvider = time }
            .ConfigureTelemetry(new TelemetryOptions())
            .AddTimeout(attempt)
            .Build();
    }

    /// <summary>The tries, and what the last one has taught us; unresolved when they hang.</summary>
    public async Task<Reading> CallAsync(Func<CancellationToken, ValueTask<Reading>> tryOnce, CancellationToken cancellationToken)
    {
        try
        {
            return await _call.ExecuteAsync(tryOnce, cancellationToken);
        }
        catch (TimeoutRejectedException)
        {
            return Reading.Stop($"the call took longer than {_totalTimeout}");
        }
    }

    /// <exception cref="TimeoutRejectedException">The request has taken longer than AirMiles__AttemptTimeout.</exception>
    public ValueTask RequestAsync(Func<CancellationToken, ValueTask> send, CancellationToken cancellationToken) =>
        _request.ExecuteAsync(send, cancellationToken);
}
