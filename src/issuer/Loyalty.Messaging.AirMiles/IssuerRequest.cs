using System.Net.Http.Headers;

namespace Loyalty.Messaging.AirMiles;

/// <summary>A request to the issuer: the same bytes, however often they are sent.</summary>
internal sealed class IssuerRequest(Uri address, ReadOnlyMemory<byte> body)
{
    public Uri Address => address;

    public ReadOnlyMemory<byte> Body => body;

    /// <summary>Adds the headers that it has beside token and content type.</summary>
    public required Action<HttpRequestHeaders> Headers { get; init; }

    /// <summary>It is about to leave.</summary>
    public required Action Leaving { get; init; }

    /// <summary>Its token was refused, and it is sent again with another; that happens once.</summary>
    public required Action Renewing { get; init; }

    public IRequestPermit Permit { get; init; } = new UnlimitedPermit();

    /// <summary>It is not sent when calls are paused by the time it is its turn.</summary>
    public bool StopsInPause { get; set; }

    public bool Renewed { get; set; }
}

/// <summary>What came of sending a request once.</summary>
internal sealed class Exchange(DateTimeOffset startedAt)
{
    public DateTimeOffset StartedAt => startedAt;

    public TimeSpan Duration { get; set; }

    /// <summary>The token it was sent with; null when it was not sent.</summary>
    public string? Token { get; init; }

    /// <summary>Why there was no token to send it with; null when there was one.</summary>
    public TokenAnswer? Tokenless { get; init; }

    /// <summary>HTTP status; null when there was no answer.</summary>
    public int? Status { get; set; }

    /// <summary>The body; null when there is no whole answer, or it is too long to be read.</summary>
    public byte[]? Body { get; set; }

    public TimeSpan? RetryAfter { get; set; }

    /// <summary>Why there is no whole answer; null when there is one.</summary>
    public string? Failure { get; set; }

    /// <summary>It failed before it left.</summary>
    public bool NeverSent { get; set; }

    /// <summary>Not sent: calls are paused.</summary>
    public bool Paused => Token is null && Tokenless is null;
}

/// <summary>What an exchange has taught us.</summary>
internal interface IReading
{
    /// <summary>A 401 that is about the token, not about the collector.</summary>
    bool TokenRefused { get; }
}
