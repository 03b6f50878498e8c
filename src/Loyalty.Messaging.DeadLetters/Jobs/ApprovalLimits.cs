using System.Globalization;

namespace Loyalty.Messaging.DeadLetters.Jobs;

/// <summary>Above which numbers a second person has to say yes.</summary>
/// <param name="Messages">Things touched at once.</param>
/// <param name="Miles">Miles issued and taken back together.</param>
public sealed record ApprovalLimits(int Messages, long Miles)
{
    /// <summary>Where there is nobody else to ask: a developer alone on a machine.</summary>
    public static ApprovalLimits Off { get; } = new(int.MaxValue, long.MaxValue);

    /// <returns>Why a second person has to say yes; null when nobody has to.</returns>
    /// <param name="miles">Null when it cannot be told.</param>
    public string? Objection(int messages, long? miles)
    {
        if (messages > Messages)
            return string.Create(CultureInfo.InvariantCulture, $"{messages} are more than {Messages} at once");
        return miles > Miles ? string.Create(CultureInfo.InvariantCulture, $"{miles} miles are more than {Miles}") : null;
    }
}
