namespace Loyalty.Messaging.DeadLetters.Collecting;

internal static class BoundedText
{
    /// <summary>The beginning of a text; never half a character, which the database would refuse.</summary>
    public static string Cut(string text, int most) =>
        text.Length <= most ? text : text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)];
}
