using System.Text;
using System.Text.RegularExpressions;

namespace Loyalty.Messaging.Persistence.Queries;

/// <summary>Takes whole collector numbers out of what people are shown.</summary>
internal static partial class Masking
{
    /// <returns><c>*******2028</c>.</returns>
    public static string? Collector(string? collectorNumber) => collectorNumber is { Length: > 4 } ? $"*******{collectorNumber[^4..]}" : null;

    /// <summary>The bytes of a call as text, whichever of its fields a number stands in.</summary>
    public static string Request(byte[] body) => Number().Replace(Encoding.UTF8.GetString(body), "*******$1");

    [GeneratedRegex("(?<![0-9])8[0-9]{6}([0-9]{4})(?![0-9])", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
