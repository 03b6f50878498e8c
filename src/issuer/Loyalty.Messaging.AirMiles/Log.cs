using Microsoft.Extensions.Logging;

namespace Loyalty.Messaging.AirMiles;

/// <summary>The log lines of this room: 2000 to 2999.</summary>
internal static partial class Log
{
    [LoggerMessage(2000, LogLevel.Information, "AIR MILES {Operation} {IdempotencyKey}: attempt {Attempt} gave no final answer: {Reason}")]
    public static partial void AttemptFailed(ILogger logger, string operation, Guid idempotencyKey, int attempt, string reason);

    [LoggerMessage(2001, LogLevel.Warning, "AIR MILES {Operation} {IdempotencyKey} is unresolved after {Attempts} attempts: {Reason}")]
    public static partial void CallUnresolved(ILogger logger, string operation, Guid idempotencyKey, int attempts, string reason);

    [LoggerMessage(2002, LogLevel.Warning, "AIR MILES {Operation} {IdempotencyKey} was rejected with {Status} {ResponseCode}: {Reason}")]
    public static partial void CallRejected(
        ILogger logger,
        string operation,
        Guid idempotencyKey,
        int status,
        string? responseCode,
        string reason
    );

    [LoggerMessage(2003, LogLevel.Warning, "AIR MILES {Operation} {IdempotencyKey}: the issuer refused the token, asking for a new one")]
    public static partial void TokenRefused(ILogger logger, string operation, Guid idempotencyKey);

    [LoggerMessage(2004, LogLevel.Error, "The AIR MILES queues pause: {Cause}; next probe in {Wait}")]
    public static partial void Paused(ILogger logger, string cause, TimeSpan wait);

    [LoggerMessage(2005, LogLevel.Information, "The AIR MILES queues resume: a probe got through")]
    public static partial void Resumed(ILogger logger);

    [LoggerMessage(2010, LogLevel.Information, "New AIR MILES token, used for {Lifetime}")]
    public static partial void TokenObtained(ILogger logger, TimeSpan lifetime);

    [LoggerMessage(2011, LogLevel.Warning, "No AIR MILES token: {Reason}")]
    public static partial void TokenNotObtained(ILogger logger, string reason);

    [LoggerMessage(
        2020,
        LogLevel.Warning,
        "AIR MILES {Operation}, trace {TraceId}: {ResponseCode} after {Calls} calls: {Meaning} ({Details})"
    )]
    public static partial void AmCashNotAnswered(
        ILogger logger,
        string operation,
        string traceId,
        string? responseCode,
        int calls,
        string meaning,
        string? details
    );

    [LoggerMessage(2021, LogLevel.Warning, "AIR MILES {Operation}, trace {TraceId}: the issuer refused the token, asking for a new one")]
    public static partial void AmCashTokenRefused(ILogger logger, string operation, string traceId);
}
