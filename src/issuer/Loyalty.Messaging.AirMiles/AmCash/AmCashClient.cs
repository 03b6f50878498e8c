using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Loyalty.Messaging.AirMiles.AmCash;

internal sealed class AmCashClient(
    IOptions<AirMilesOptions> options,
    IssuerRequests requests,
    IssuerThrottle throttle,
    IssuerPause pause,
    AmCashOutage outage,
    ITraceIds traceIds,
    TimeProvider time,
    ILogger<AmCashClient> logger
) : IAmCashClient
{
    /// <summary>The first request and the one repetition that the issuer's pages ask for.</summary>
    const int Tries = 2;

    const string Echo = "echo";
    const string Inquire = "inquire";

    public async Task<EchoResult> EchoAsync(CancellationToken cancellationToken)
    {
        var (at, started, traceId) = (time.GetUtcNow(), time.GetTimestamp(), traceIds.Next());
        var missing = options.Value.MissingForEcho;
        var (answer, calls) = (NotConfigured(missing), 0);
        if (missing.Count == 0)
        {
            (answer, calls) = pause.AskedToWait
                ? (NotSent("The issuer asks to wait; nothing is sent until then"), 0)
                : await CallAsync(CallOf(Echo, traceId, AmCashRequest.Echo(options.Value, traceId)), cancellationToken);
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

    public async Task<InquiryResult> InquireAsync(Inquiry inquiry, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(inquiry);
        var (at, started, traceId) = (time.GetUtcNow(), time.GetTimestamp(), traceIds.Next());
        var missing = options.Value.MissingForInquire(inquiry);
        var (answer, calls) = (NotConfigured(missing), 0);
        if (missing.Count == 0)
        {
            (answer, calls) =
                outage.IsOn ? (NotSent("The issuer has declared an outage; nothing is sent until an ECHO is answered again"), 0)
                : pause.Paused ? (NotSent("Calls to the issuer are paused; nothing is sent until one of them is answered again"), 0)
                : await CallAsync(CallOf(Inquire, traceId, AmCashRequest.Inquire(options.Value, inquiry, traceId, at)), cancellationToken);
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

    static AmCashAnswer NotSent(string why) => new(AmCashCodes.Of(AmCashCodes.Outage, echo: false), null, why);

    static AmCashAnswer NotConfigured(IReadOnlyList<string> missing) =>
        new(
            new AmCashVerdict(null, "it is not configured", AmCashOutcome.Invalid, AmCashActor.Operator),
            null,
            $"not configured: {string.Join(", ", missing)}"
        );

    async Task<(AmCashAnswer Answer, int Calls)> CallAsync(Call call, CancellationToken cancellationToken)
    {
        using var place = await throttle.EnterAsync(cancellationToken);
        using var activity = AirMilesTelemetry.Activities.StartActivity($"AirMiles {call.Operation}", ActivityKind.Client);
        var started = time.GetTimestamp();
        var answer = await requests.AskAsync(call.Request, call.Read, cancellationToken);
        for (var tries = 1; answer.Verdict.RetryOnce && tries < Tries; tries++)
        {
            await Task.Delay(options.Value.RetryDelay, time, cancellationToken);
            answer = await requests.AskAsync(call.Request, call.Read, cancellationToken);
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

    static string OutcomeWord(AmCashOutcome outcome) => outcome.ToString().ToLowerInvariant();

    Call CallOf(string operation, string traceId, byte[] body) =>
        new(operation, new($"{options.Value.BaseAddress!.AbsoluteUri.TrimEnd('/')}/checkout/amcash/{operation}"), traceId, body, logger);

    sealed class Call
    {
        public Call(string operation, Uri address, string traceId, byte[] body, ILogger logger)
        {
            (Operation, TraceId) = (operation, traceId);
            Request = new IssuerRequest(address, body)
            {
                Headers = headers => headers.CacheControl = new() { NoCache = true },
                Leaving = () => Sent++,
                Renewing = () => Log.AmCashTokenRefused(logger, operation, traceId),
            };
        }

        public string Operation { get; }

        public string TraceId { get; }

        public IssuerRequest Request { get; }

        public int Sent { get; private set; }

        public AmCashAnswer Read(Exchange exchange) =>
            exchange.Tokenless is { } none
                ? AmCashAnswer.WithoutToken($"no token: {none.Failure}", none.TryAgain) with
                {
                    RetryAfter = none.RetryAfter,
                }
            : exchange.Failure is { } failure ? AmCashAnswer.None(failure, exchange.Status)
            : AmCashAnswer.Read(exchange.Status!.Value, exchange.Body, exchange.RetryAfter, Operation == Echo);
    }
}
