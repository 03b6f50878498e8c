using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Loyalty.Messaging.AirMiles;

internal sealed class AirMilesClient(
    IOptions<AirMilesOptions> options,
    IssuerRequests requests,
    IssuerPipeline pipeline,
    IssuerPause pause,
    IssuerThrottle throttle,
    IRequestPermit permit,
    TimeProvider time,
    ILogger<AirMilesClient> logger
) : IAirMilesClient
{
    public Task<CallResult> PostEventAsync(FrozenCall call, CancellationToken cancellationToken) =>
        CallAsync("post-event", "/checkout/issuance/post/event", call, cancellationToken);

    public Task<CallResult> ReverseEventAsync(FrozenCall call, CancellationToken cancellationToken) =>
        CallAsync("reverse-event", "/checkout/issuance/reverse/event", call, cancellationToken);

    /// <summary>Enter, try, again or done; in a pause, probes, until one gets through or patience is at an end.</summary>
    async Task<CallResult> CallAsync(string operation, string path, FrozenCall call, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(call);
        using var activity = AirMilesTelemetry.Activities.StartActivity($"AirMiles {operation}", ActivityKind.Client);
        var started = time.GetTimestamp();
        var address = new Uri(options.Value.BaseAddress!.AbsoluteUri.TrimEnd('/') + path);
        var progress = new CallProgress(operation, address, call, permit, logger);
        CallOutcome? outcome = null;
        while (outcome is null)
        {
            // Given back before the wait: those who wait keep nobody from probing.
            using (await throttle.EnterAsync(cancellationToken))
            {
                var reading = await pipeline.CallAsync(token => InTurnAsync(progress, token), cancellationToken);
                // A probe without an answer counts as no try: the pause goes on.
                if (reading != Reading.NotSent && (progress.Turn == Turn.Free || reading.Outcome is not CallOutcome.Unresolved))
                    outcome = reading.Outcome;
            }

            if (outcome is null && call.Waited + time.GetElapsedTime(started) > options.Value.LongestPause)
                outcome = new CallOutcome.Postponed(
                    $"the issuer has been down for longer than {options.Value.LongestPause}; the call is put off"
                );
            else if (outcome is null)
                await Task.Delay(IssuerPause.ProbeInterval, time, cancellationToken);
        }

        var result = new CallResult(outcome, progress.Attempts, progress.EffectUnknown);
        AirMilesTelemetry.Finish(activity, operation, result, time.GetElapsedTime(started));
        if (outcome is CallOutcome.Rejected no)
            Log.CallRejected(logger, operation, call.IdempotencyKey, no.Status, no.ResponseCode, no.Reason);
        else if (outcome is CallOutcome.Unresolved unknown)
            Log.CallUnresolved(logger, operation, call.IdempotencyKey, progress.Attempts.Count, unknown.Reason);
        return result;
    }

    async ValueTask<Reading> InTurnAsync(CallProgress progress, CancellationToken cancellationToken)
    {
        progress.Turn = pause.Begin();
        if (progress.Turn == Turn.None)
            return Reading.NotSent;
        Reading? reading = null;
        try
        {
            return reading = await requests.AskAsync(progress.Request, progress.Read, cancellationToken);
        }
        finally
        {
            pause.End(progress.Turn, reading == Reading.NotSent ? null : reading);
        }
    }

    /// <summary>A call and what is known of it so far.</summary>
    sealed class CallProgress
    {
        readonly string _operation;
        readonly FrozenCall _call;
        readonly ILogger _logger;
        bool _effectUnknownBefore;
        bool _told;

        public CallProgress(string operation, Uri address, FrozenCall call, IRequestPermit permit, ILogger logger)
        {
            (_operation, _call, _logger) = (operation, call, logger);
            Request = new IssuerRequest(address, call.Body)
            {
                Headers = headers => headers.Add("Idempotency-Key", call.IdempotencyKey.ToString()),
                Permit = permit,
                Leaving = Leave,
                Renewing = () => Log.TokenRefused(logger, operation, call.IdempotencyKey),
            };
        }

        public IssuerRequest Request { get; }

        public List<CallAttempt> Attempts { get; } = [];

        public bool EffectUnknown { get; private set; }

        /// <summary>Of the last try.</summary>
        public Turn Turn
        {
            get;
            set
            {
                field = value;
                Request.StopsInPause = value == Turn.Free;
            }
        }

        public Reading Read(Exchange exchange)
        {
            if (exchange.Paused)
                return Reading.NotSent;
            if (exchange.Status is not null && exchange.Failure is null)
                AirMilesTelemetry.Tell(AirMilesTelemetry.CallAnswered, _call.IdempotencyKey);
            var reading = ReadingOf(exchange);
            if (exchange.Tokenless is null)
                EffectUnknown = _effectUnknownBefore || reading.EffectUnknown;
            Attempts.Add(
                new CallAttempt(
                    exchange.StartedAt,
                    exchange.Duration,
                    exchange.Status,
                    reading.ResponseCode,
                    reading.Failure,
                    exchange.Body is { } body ? Mask.Response(Encoding.UTF8.GetString(body)) : null
                )
            );
            if (exchange.Tokenless is null && reading.Failure is { } failure)
                Log.AttemptFailed(_logger, _operation, _call.IdempotencyKey, Attempts.Count, failure);
            return reading;
        }

        static Reading ReadingOf(Exchange exchange)
        {
            if (exchange.Tokenless is { } none)
            {
                var reason = $"no token: {none.Failure}";
                var reading = none.TryAgain ? Reading.NotNow(reason, none.RetryAfter) : Reading.Stop(reason, none.RetryAfter);
                return reading with { AskedToWait = none.RetryAfter ?? TimeSpan.Zero };
            }

            return exchange.Failure is not { } failure ? IssuerAnswer.Read(exchange.Status!.Value, exchange.Body, exchange.RetryAfter)
                : exchange.NeverSent ? Reading.NotNow(failure)
                : Reading.Unknown($"{failure}; whether it took effect is not known");
        }

        void Leave()
        {
            // Until there is an answer that says otherwise: whoever breaks it off here leaves it so.
            (_effectUnknownBefore, EffectUnknown) = (EffectUnknown, true);
            if (_told)
                return;
            _told = true;
            AirMilesTelemetry.Tell(AirMilesTelemetry.CallSending, _call.IdempotencyKey);
        }
    }
}
