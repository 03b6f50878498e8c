namespace Loyalty.Messaging.AirMiles;

/// <summary>How long an answer asks us to wait.</summary>
internal static class RetryAfterHeader
{
    /// <summary>
    /// Seconds or date; a date that has passed is no wait, and what cannot be read is absent. A date is read by the issuer's own clock,
    /// when its answer shows it.
    /// </summary>
    public static TimeSpan? Of(HttpResponseMessage response, TimeProvider time)
    {
        if (response.Headers.RetryAfter is not { } header)
            return null;
        var wait = header.Delta ?? (header.Date - (response.Headers.Date ?? time.GetUtcNow()));
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }
}
