using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Loyalty.Messaging.AirMiles.AmCash;

internal sealed class AmCashClient(
    IHttpClientFactory clients,
    IOptions<AirMilesOptions> options,
    AccessTokens tokens,
    IssuerThrottle throttle,
    IssuerPause pause,
    AmCashOutage outage,
    ITraceIds traceIds,
    TimeProvider time,
    ILogger<AmCashClient> logger
) : IAmCashClient
{
    /// <summary>The first request and the one repetition that the issuer's pages ask for.</summary>
    private const int Tries = 2;

    private const string Echo = "echo";
    private const string Inquire = "inquire";

    public async Task<EchoResult> EchoAsync(CancellationToken ct)
    {
        var (at, started, traceId) = (time.GetUtcNow(), time.GetTimestamp(), traceIds.Next());
        var missing = options.Value.MissingForEcho;
        var (answer, calls) = (NotConfigured(missing), 0);
        if (missing.Count == 0)
        {
            (answer, calls) = pause.AskedToWait
                ? (NotSent("The issuer asks to wait; nothing is sent before that"), 0)
                : await CallAsync(new Call(Echo, traceId, AmCashRequest.Echo(options.Value, traceId)), ct).ConfigureAwait(false);
        }

        if (answer.Verdict is { Code: not null, Outcome: not (AmCashOutcome.Outage or AmCashOutcome.Unavailable) })
            outage.End();
        return new EchoResult(
            at,
            time.GetElapsedTime(started),
            answer.Verdict,
            new AmCashExchange(traceId, calls, answer.Status, answer.Message)
        );
    }

    public async Task<InquiryResult> InquireAsync(Inquiry inquiry, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(inquiry);
        var (at, started, traceId) = (time.GetUtcNow(), time.GetTimestamp(), traceIds.Next());
        var missing = options.Value.MissingForInquire(inquiry);
        var (answer, calls) = (NotConfigured(missing), 0);
        if (missing.Count == 0)
        {
            (answer, calls) =
                outage.IsOn ? (NotSent("The issuer has declared an outage; nothing is sent before an ECHO is answered again"), 0)
                : pause.Paused ? (NotSent("Calls to the issuer are paused; nothing is sent before one of them is answered again"), 0)
                : await CallAsync(new Call(Inquire, traceId, AmCashRequest.Inquire(options.Value, inquiry, traceId, at)), ct)
                    .ConfigureAwait(false);
        }

        return new InquiryResult(
            at,
            time.GetElapsedTime(started),
            answer.Verdict,
            new AmCashExchange(traceId, calls, answer.Status, answer.Message),
            answer.Balances,
            answer.Offer
        );
    }

    private static AmCashAnswer NotSent(string why) => new(AmCashCodes.Of(AmCashCodes.Outage, echo: false), null, why);

    private static AmCashAnswer NotConfigured(IReadOnlyList<string> missing) =>
        new(
            new AmCashVerdict(null, "it is not configured", AmCashOutcome.Invalid, AmCashActor.Operator),
            null,
            $"not configured: {string.Join(", ", missing)}"
        );

    private async Task<(AmCashAnswer Answer, int Calls)> CallAsync(Call call, CancellationToken ct)
    {
        using var place = await throttle.EnterAsync(ct).ConfigureAwait(false);
        using var activity = AirMilesTelemetry.Activities.StartActivity($"AirMiles {call.Operation}", ActivityKind.Client);
        var started = time.GetTimestamp();
        var answer = await TryAsync(call, ct).ConfigureAwait(false);
        for (var tries = 1; answer.Verdict.RetryOnce && tries < Tries; tries++)
        {
            await Task.Delay(options.Value.RetryDelay, time, ct).ConfigureAwait(false);
            answer = await TryAsync(call, ct).ConfigureAwait(false);
        }

        if (answer.Verdict.Outcome == AmCashOutcome.Outage)
            outage.Declare(answer.RetryAfter);
        else if (answer is { Status: null or 429 or 503, RetryAfter: { } wait })
            pause.Wait(wait, "the issuer asks to wait");
        AirMilesTelemetry.Finish(
            activity,
            call.Operation,
            OutcomeWord(answer.Verdict.Outcome),
            call.Sent,
            answer.Status,
            failed: answer.Verdict.Outcome is not (AmCashOutcome.Answered or AmCashOutcome.Refused),
            time.GetElapsedTime(started)
        );
        if (answer.Verdict.Outcome != AmCashOutcome.Answered)
            Log.AmCashNotAnswered(
                logger,
                call.Operation,
                call.TraceId,
                answer.Verdict.Code,
                call.Sent,
                answer.Verdict.Meaning,
                answer.Message
            );
        return (answer, call.Sent);
    }

    private static string OutcomeWord(AmCashOutcome outcome) => outcome.ToString().ToLowerInvariant();

    private async Task<AmCashAnswer> TryAsync(Call call, CancellationToken ct)
    {
        var (answer, token) = await SendWithTokenAsync(call, ct).ConfigureAwait(false);
        if (!answer.TokenRefused || token is null)
            return answer;

        tokens.Invalidate(token);
        if (call.Renewed)
            return answer;
        call.Renewed = true;
        Log.AmCashTokenRefused(logger, call.Operation, call.TraceId);
        (answer, token) = await SendWithTokenAsync(call, ct).ConfigureAwait(false);
        if (answer.TokenRefused && token is not null)
            tokens.Invalidate(token);
        return answer;
    }

    private async Task<(AmCashAnswer Answer, string? Token)> SendWithTokenAsync(Call call, CancellationToken ct)
    {
        var token = await tokens.GetAsync(ct).ConfigureAwait(false);
        if (token.Token is null)
            return (AmCashAnswer.WithoutToken($"no token: {token.Failure}", token.TryAgain) with { RetryAfter = token.RetryAfter }, null);
        await throttle.PaceAsync(ct).ConfigureAwait(false);
        await pause.PaceAsync(ct).ConfigureAwait(false);
        return (await SendAsync(call, token.Token, ct).ConfigureAwait(false), token.Token);
    }

    private async Task<AmCashAnswer> SendAsync(Call call, string token, CancellationToken ct)
    {
        using var timeout = new CancellationTokenSource(options.Value.AttemptTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
        int? status = null;
        call.Sent++;
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, AddressOf(call)) { Content = new ByteArrayContent(call.Body) };
            request.Content.Headers.ContentType = new("application/json");
            request.Headers.Authorization = new("Bearer", token);
            request.Headers.CacheControl = new() { NoCache = true };
            using var client = clients.CreateClient(AirMilesClient.ClientName);
            using var response = await client
                .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token)
                .ConfigureAwait(false);
            status = (int)response.StatusCode;
            var body = await BoundedBody.ReadAsync(response.Content, either.Token).ConfigureAwait(false);
            return AmCashAnswer.Read(status.Value, body, RetryAfterHeader.Of(response, time), call.Operation == Echo);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return AmCashAnswer.None($"no whole answer within {options.Value.AttemptTimeout}", status);
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            return AmCashAnswer.None($"the connection failed: {error.Message}", status);
        }
    }

    private Uri AddressOf(Call call) => new($"{options.Value.BaseAddress!.AbsoluteUri.TrimEnd('/')}/checkout/amcash/{call.Operation}");

    private sealed class Call(string operation, string traceId, byte[] body)
    {
        public string Operation => operation;

        public string TraceId => traceId;

        public byte[] Body => body;

        public int Sent { get; set; }

        public bool Renewed { get; set; }
    }
}
