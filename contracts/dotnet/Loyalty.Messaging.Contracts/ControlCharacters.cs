using System.Buffers;

namespace Loyalty.Messaging.Contracts;

/// <summary>
/// What no text of the contract may hold: a database, a page or a terminal cannot keep or show it. Tab and line breaks are none of them.
/// </summary>
internal static class ControlCharacters
{
    static readonly SearchValues<char> Refused = SearchValues.Create([
        .. Enumerable
            .Range(0, 0xA0)
            .Select(code => (char)code)
            .Where(character => char.IsControl(character) && character is not ('\t' or '\n' or '\r')),
    ]);

    /// <returns>The first one, as <c>U+0000</c>; null when there is none.</returns>
    public static string? First(string text) =>
        text.AsSpan().IndexOfAny(Refused) is var index && index < 0 ? null : $"U+{(int)text[index]:X4}";

    /// <summary>For names in messages, which may be anything.</summary>
    public static string Replaced(string text) =>
        First(text) is null ? text : string.Concat(text.Select(character => Refused.Contains(character) ? '\uFFFD' : character));
}
