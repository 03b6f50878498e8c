using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Polly.Timeout;

namespace Loyalty.Messaging.AirMiles;

internal sealed class AirMilesClient(
    IHttpClientFactory clients,
    IOptions<AirMilesOptions> options,
    AccessTokens tokens,
    IssuerPipeline pipeline,
    IssuerPause pause,
    IssuerThrottle throttle,
    IRequestPermit permit,
    TimeProvider time,
    ILogger<AirMilesClient> logger
) : IAirMilesClient
{
    public const string ClientName = "air-miles";

    private static readonly TimeSpan PermitInterval = TimeSpan.FromMilliseconds(250);

    public Task<CallResult> PostEventAsync(FrozenCall call, CancellationToken ct) =>
        CallAsync("post-event", "/checkout/issuance/post/event", call, ct);

    public Task<CallResult> ReverseEventAsync(FrozenCall call, CancellationToken ct) =>
        CallAsync("reverse-event", "/checkout/issuance/reverse/event", call, ct);

    private async Task<CallResult> CallAsync(string operation, string path, FrozenCall call, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(call);
        using var activity = AirMilesTelemetry.Activities.StartActivity($"AirMiles {operation}", ActivityKind.Client);
        var started = time.GetTimestamp();
        var address = new Uri(options.Value.BaseAddress!.AbsoluteUri.TrimEnd('/') + path);
        var progress = new CallProgress(operation, address, call);
        var outcome = await PatientlyAsync(progress, started, ct).ConfigureAwait(false);
        var result = new CallResult(outcome, progress.Attempts, progress.EffectUnknown);
        AirMilesTelemetry.Finish(activity, operation, result, time.GetElapsedTime(started));
        if (outcome is CallOutcome.Rejected no)
            Log.CallRejected(logger, operation, call.IdempotencyKey, no.Status, no.ResponseCode, no.Reason);
        else if (outcome is CallOutcome.Unresolved unknown)
            Log.CallUnresolved(logger, operation, call.IdempotencyKey, progress.Attempts.Count, unknown.Reason);
        return result;
    }

    /// <summary>The tries of a call; in a pause, probes, until one gets through or patience is at an end.</summary>
    private async Task<CallOutcome> PatientlyAsync(CallProgress progress, long started, CancellationToken ct)
    {
        while (true)
        {
            // Given back before the wait: those who wait keep nobody from probing.
            using (await throttle.EnterAsync(ct).ConfigureAwait(false))
            {
                try
                {
                    var reading = await pipeline.CallAsync(token => InTurnAsync(progress, token), ct).ConfigureAwait(false);
                    // A probe without an answer counts as no try: the pause goes on.
                    if (reading != Reading.NotSent && (progress.Turn == Turn.Free || reading.Outcome is not CallOutcome.Unresolved))
                        return reading.Outcome;
                }
                catch (TimeoutRejectedException)
                {
                    return new CallOutcome.Unresolved($"the call took longer than {pipeline.TotalTimeout}", null);
                }
            }

            if (progress.Call.Waited + time.GetElapsedTime(started) > options.Value.LongestPause)
                return new CallOutcome.Postponed(
                    $"the issuer has been down for longer than {options.Value.LongestPause}; the call is put off"
                );
            await Task.Delay(IssuerPause.ProbeInterval, time, ct).ConfigureAwait(false);
        }
    }

    private async ValueTask<Reading> InTurnAsync(CallProgress progress, CancellationToken ct)
    {
        progress.Turn = pause.Begin();
        if (progress.Turn == Turn.None)
            return Reading.NotSent;
        Reading? reading = null;
        try
        {
            return reading = await TryAsync(progress, ct).ConfigureAwait(false);
        }
        finally
        {
            pause.End(progress.Turn, reading == Reading.NotSent ? null : reading);
        }
    }

    private async ValueTask<Reading> TryAsync(CallProgress progress, CancellationToken ct)
    {
        var (reading, token) = await SendWithTokenAsync(progress, ct).ConfigureAwait(false);
        if (!reading.TokenRefused || token is null)
            return reading;

        tokens.Invalidate(token);
        if (progress.Renewed)
            return reading;
        progress.Renewed = true;
        Log.TokenRefused(logger, progress.Operation, progress.Call.IdempotencyKey);
        (reading, token) = await SendWithTokenAsync(progress, ct).ConfigureAwait(false);
        if (reading.TokenRefused && token is not null)
            tokens.Invalidate(token);
        return reading;
    }

    private async ValueTask<(Reading Reading, string? Token)> SendWithTokenAsync(CallProgress progress, CancellationToken ct)
    {
        var startedAt = time.GetUtcNow();
        var started = time.GetTimestamp();
        var token = await tokens.GetAsync(ct).ConfigureAwait(false);
        if (token.Token is null)
        {
            var reason = $"no token: {token.Failure}";
            progress.Attempts.Add(new CallAttempt(startedAt, time.GetElapsedTime(started), null, null, reason, null));
            var reading = token.TryAgain ? Reading.NotNow(reason, token.RetryAfter) : Reading.Stop(reason, token.RetryAfter);
            return (reading with { AskedToWait = token.RetryAfter ?? TimeSpan.Zero }, null);
        }

        await throttle.PaceAsync(ct).ConfigureAwait(false);
        while (!permit.Lasts(options.Value.AttemptTimeout))
            await Task.Delay(PermitInterval, time, ct).ConfigureAwait(false);
        // A pause may have begun while this one waited.
        if (progress.Turn == Turn.Free && pause.Paused)
            return (Reading.NotSent, null);
        await pause.PaceAsync(ct).ConfigureAwait(false);
        return (await RequestAsync(progress, token.Token, ct).ConfigureAwait(false), token.Token);
    }

    private async ValueTask<Reading> RequestAsync(CallProgress progress, string token, CancellationToken ct)
    {
        var startedAt = time.GetUtcNow();
        var started = time.GetTimestamp();
        var exchange = new Exchange();
        Reading reading;
        // Until there is an answer that says otherwise: whoever breaks it off here leaves it so.
        var unknownBefore = progress.EffectUnknown;
        try
        {
            progress.TellSending();
            progress.EffectUnknown = true;
            reading = await pipeline.RequestAsync(inner => ExchangeAsync(progress, token, exchange, inner), ct).ConfigureAwait(false);
        }
        catch (TimeoutRejectedException) when (!ct.IsCancellationRequested)
        {
            reading = Reading.Unknown($"no whole answer within {options.Value.AttemptTimeout}; whether it took effect is not known");
        }
        catch (HttpRequestException error) when (NeverSent(error))
        {
            reading = Reading.NotNow($"no connection: {error.Message}");
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            reading = Reading.Unknown($"the connection failed: {error.Message}; whether it took effect is not known");
        }

        progress.EffectUnknown = unknownBefore || reading.EffectUnknown;
        progress.Attempts.Add(
            new CallAttempt(
                startedAt,
                time.GetElapsedTime(started),
                exchange.Status,
                reading.ResponseCode,
                reading.Failure,
                exchange.Response
            )
        );
        if (reading.Failure is { } failure)
            Log.AttemptFailed(logger, progress.Operation, progress.Call.IdempotencyKey, progress.Attempts.Count, failure);
        return reading;
    }

    private async ValueTask<Reading> ExchangeAsync(CallProgress progress, string token, Exchange exchange, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, progress.Address)
        {
            Content = new PermittedContent(progress.Call.Body, permit, options.Value.AttemptTimeout),
        };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.Authorization = new("Bearer", token);
        request.Headers.Add("Idempotency-Key", progress.Call.IdempotencyKey.ToString());

        using var client = clients.CreateClient(ClientName);
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct).ConfigureAwait(false);
        exchange.Status = (int)response.StatusCode;
        var body = await BoundedBody.ReadAsync(response.Content, ct).ConfigureAwait(false);
        exchange.Response = body is null ? null : Mask.Response(System.Text.Encoding.UTF8.GetString(body));
        AirMilesTelemetry.Tell(AirMilesTelemetry.CallAnswered, progress.Call.IdempotencyKey);
        return IssuerAnswer.Read(exchange.Status.Value, body, RetryAfterHeader.Of(response, time));
    }

    private static bool NeverSent(HttpRequestException error) =>
        error.HttpRequestError
            is HttpRequestError.NameResolutionError
                or HttpRequestError.ConnectionError
                or HttpRequestError.SecureConnectionError
                or HttpRequestError.ProxyTunnelError;

    /// <summary>What of an exchange is worth keeping when it breaks off halfway.</summary>
    private sealed class Exchange
    {
        public int? Status { get; set; }

        public string? Response { get; set; }
    }

    private sealed class CallProgress(string operation, Uri address, FrozenCall call)
    {
        private bool _told;

        public string Operation => operation;

        public Uri Address => address;

        public FrozenCall Call => call;

        public List<CallAttempt> Attempts { get; } = [];

        public bool Renewed { get; set; }

        public bool EffectUnknown { get; set; }

        /// <summary>Of the last try.</summary>
        public Turn Turn { get; set; }

        public void TellSending()
        {
            if (_told)
                return;
            _told = true;
            AirMilesTelemetry.Tell(AirMilesTelemetry.CallSending, call.IdempotencyKey);
        }
    }
}
