namespace Loyalty.Messaging.AirMiles;

/// <summary>How long an answer asks us to wait.</summary>
internal static class RetryAfterHeader
{
    /// <summary>Seconds or date; a date that has passed is no wait, and what cannot be read is absent.</summary>
    public static TimeSpan? Of(HttpResponseMessage response, TimeProvider time)
    {
        if (response.Headers.RetryAfter is not { } header)
            return null;
        var wait = header.Delta ?? (header.Date - time.GetUtcNow());
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }
}
