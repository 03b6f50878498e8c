using System.Text;
using System.Text.RegularExpressions;

namespace Loyalty.Messaging.AirMiles;

/// <summary>Makes the issuer's words fit for journals, logs and screens.</summary>
public static partial class Mask
{
    const int MaxResponseBytes = 2048;

    /// <summary>
    /// Every run of exactly 11 digits that starts with 8 becomes <c>*******2028</c>, its last four kept; bearer tokens are taken out.
    /// </summary>
    public static string Collectors(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Token().Replace(Numbers(text), "Bearer ***");
    }

    /// <summary>The same, of numbers alone.</summary>
    public static string Numbers(string text) => Collector().Replace(text, "*******$1");

    /// <summary>Whatever could be a number, each once.</summary>
    public static IEnumerable<string> NumbersIn(string text) => Collector().Matches(text).Select(match => match.Value).Distinct();

    // Masked first and cut afterwards: a number that the cut halves would no longer be recognized.
    internal static string Response(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(Collectors(Storable(text)));
        if (bytes.Length <= MaxResponseBytes)
            return Encoding.UTF8.GetString(bytes);
        var end = MaxResponseBytes;
        while ((bytes[end] & 0xC0) == 0x80)
            end--;
        return Encoding.UTF8.GetString(bytes, 0, end);
    }

    /// <summary>The same without the one character that a database's text cannot hold.</summary>
    internal static string Storable(string text) => text.Replace('\0', '\uFFFD');

    [GeneratedRegex("(?<![0-9])8[0-9]{6}([0-9]{4})(?![0-9])", RegexOptions.CultureInvariant)]
    private static partial Regex Collector();

    [GeneratedRegex(@"\bBearer\s+[A-Za-z0-9\-._~+/]+=*", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Token();
}
