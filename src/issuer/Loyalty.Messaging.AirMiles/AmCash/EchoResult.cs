namespace Loyalty.Messaging.AirMiles.AmCash;

/// <summary>What became of an ECHO; fit for logs and screens.</summary>
/// <param name="At">When it was asked.</param>
/// <param name="Duration">Until the last answer, the repetition included.</param>
/// <param name="Verdict">What the answer means.</param>
/// <param name="Exchange">What was exchanged.</param>
public sealed record EchoResult(DateTimeOffset At, TimeSpan Duration, AmCashVerdict Verdict, AmCashExchange Exchange);

/// <summary>The exchange behind a result.</summary>
/// <param name="TraceId">The 12 digits by which the issuer finds the request; a repetition carries the same.</param>
/// <param name="Calls">Requests that were sent; 0 when there was no token, or an outage that nothing may be sent in.</param>
/// <param name="Status">HTTP status of the last answer; null when there was none.</param>
/// <param name="Message">The issuer's words, or why there are none; masked.</param>
public sealed record AmCashExchange(string TraceId, int Calls, int? Status, string? Message);
