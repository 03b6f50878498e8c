using System.Globalization;
using System.Text.RegularExpressions;

namespace Loyalty.Messaging.AirMiles;

/// <summary>The issuer's dates come in several dialects; this is the one place that reads them.</summary>
public static partial class IssuerDates
{
    static readonly string[] WithOffset = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", "yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd'T'HH:mmzzz"];
    static readonly string[] WithoutOffset = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFF", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm"];

    /// <summary>
    /// Reads <c>…Z</c> (POST/EVENT request), <c>±HH:MM</c> (its response), <c>±HHMM</c> (INQUIRE) and dates without a zone (ECHO response).
    /// </summary>
    /// <param name="text">What the issuer sent.</param>
    /// <param name="value">The instant with the offset it was written with.</param>
    /// <param name="zoneless">The zone of a date without one, which the issuer does not tell; null means UTC.</param>
    public static bool TryParse(string? text, out DateTimeOffset value, TimeZoneInfo? zoneless = null)
    {
        value = default;
        if (text is null)
            return false;
        text = text.Trim();
        if (text.EndsWith('Z') || text.EndsWith('z'))
            text = string.Concat(text.AsSpan(0, text.Length - 1), "+00:00");
        if (Offset().Match(text) is { Success: true } offset)
        {
            text = $"{text[..offset.Index]}{offset.Groups["hours"].Value}:{offset.Groups["minutes"].Value}";
            return DateTimeOffset.TryParseExact(text, WithOffset, CultureInfo.InvariantCulture, DateTimeStyles.None, out value);
        }

        if (!DateTime.TryParseExact(text, WithoutOffset, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local))
            return false;
        value = new DateTimeOffset(local, (zoneless ?? TimeZoneInfo.Utc).GetUtcOffset(local));
        return true;
    }

    /// <summary>As INQUIRE wants it: to the second, offset without a colon, <c>1972-07-16T13:32:00+0400</c>.</summary>
    public static string WithPlainOffset(DateTimeOffset value)
    {
        var text = value.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);
        return text.Remove(text.Length - 3, 1);
    }

    [GeneratedRegex("(?<=T[0-9:.]+)(?<hours>[+-][0-9]{2}):?(?<minutes>[0-9]{2})$", RegexOptions.CultureInvariant)]
    private static partial Regex Offset();
}
