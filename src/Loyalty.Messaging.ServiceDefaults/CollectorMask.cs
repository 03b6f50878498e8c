using System.Text.RegularExpressions;

namespace Loyalty.Messaging.ServiceDefaults;

/// <summary>Leaves of whatever could be a collector number its last four digits.</summary>
public static partial class CollectorMask
{
    public static string Of(string text) => CollectorNumber().Replace(text, "*******$1");

    /// <summary>Whatever could be one, each once.</summary>
    public static IEnumerable<string> NumbersIn(string text) => CollectorNumber().Matches(text).Select(match => match.Value).Distinct();

    [GeneratedRegex(@"(?<![0-9])8[0-9]{6}([0-9]{4})(?![0-9])")]
    private static partial Regex CollectorNumber();
}
