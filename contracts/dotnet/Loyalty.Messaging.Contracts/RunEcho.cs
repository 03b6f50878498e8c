namespace Loyalty.Messaging.Contracts;

/// <summary>
/// Operators: ask the issuer now whether it is there. A command to <see cref="WireNames.Echo"/>, answered with <see cref="EchoRan"/>.
/// </summary>
public sealed record RunEcho
{
    /// <summary>Who asks, for the record; not sent to the issuer.</summary>
    public string? RequestedBy { get; init; }
}

/// <summary>What became of an ECHO.</summary>
public sealed record EchoRan
{
    public required DateTimeOffset At { get; init; }

    /// <summary>The worker that asked: each has its own way to the issuer.</summary>
    public required string Worker { get; init; }

    /// <summary>
    /// <c>answered</c>, <c>invalid</c>, <c>outage</c>, <c>unavailable</c>, <c>unauthorized</c>, <c>later</c> or <c>undocumented</c>.
    /// </summary>
    public required string Outcome { get; init; }

    /// <summary>The issuer's code; 0096 when there was no answer.</summary>
    public string? ResponseCode { get; init; }

    /// <summary>HTTP status of the last answer; absent when there was none.</summary>
    public int? Status { get; init; }

    /// <summary>What the code means.</summary>
    public required string Meaning { get; init; }

    /// <summary>The issuer's words, or why there are none.</summary>
    public string? Details { get; init; }

    /// <summary>Who has to act: <c>nobody</c>, <c>caller</c>, <c>operator</c> or <c>escalation</c>.</summary>
    public required string Actor { get; init; }

    /// <summary>Requests that were sent, the repetition included.</summary>
    public required int Calls { get; init; }
    public required double DurationMs { get; init; }

    /// <summary>The 12 digits by which the issuer finds the request.</summary>
    public required string TraceId { get; init; }

    /// <summary>Who asked; absent for the timer.</summary>
    public string? RequestedBy { get; init; }
}
