using System.Text.RegularExpressions;

namespace Loyalty.Messaging.Simulator.Fields;

/// <summary>Forms of text that the contract prescribes or that its samples show.</summary>
internal static partial class Patterns
{
    [GeneratedRegex(@"\A8[0-9]{10}\z")]
    public static partial Regex CollectorNumber { get; }

    [GeneratedRegex(@"\A[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\z", RegexOptions.IgnoreCase)]
    public static partial Regex VersionFourUuid { get; }

    [GeneratedRegex(@"\A[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{3})?[+-][0-9]{4}\z")]
    public static partial Regex InstantWithPlainOffset { get; }

    [GeneratedRegex(@"\A[0-9]+\.[0-9]{2}\z")]
    public static partial Regex Dollars { get; }

    [GeneratedRegex(@"\A[a-z]{2}-[A-Z]{2}\z")]
    public static partial Regex Language { get; }
}
