using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Loyalty.Messaging.Contracts;

/// <summary>A number as it was written: a decimal rounds what it cannot hold, and what was written as <c>1e-400</c> is not 0.</summary>
/// <param name="Places">Decimal places that it needs.</param>
internal readonly record struct WrittenNumber(decimal Value, long Places)
{
    /// <returns>Null when it is no number, or one too large for a decimal.</returns>
    public static WrittenNumber? Of(JsonElement number) =>
        number.TryGetDecimal(out var value) ? new(value, PlacesOf(JsonMarshal.GetRawUtf8Value(number))) : null;

    /// <inheritdoc cref="Of(JsonElement)"/>
    public static WrittenNumber? Of(string text, NumberStyles styles) =>
        decimal.TryParse(text, styles, CultureInfo.InvariantCulture, out var value)
            ? new(value, PlacesOf(Encoding.UTF8.GetBytes(text)))
            : null;

    static long PlacesOf(ReadOnlySpan<byte> number)
    {
        var (exponent, at) = (0L, number.IndexOfAny((byte)'e', (byte)'E'));
        if (at >= 0)
        {
            // An exponent that is no long needs more places than anybody asks about: were it positive, the number would be no decimal, or
            // 0.
            if (!long.TryParse(number[(at + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent))
                exponent = int.MinValue;
            number = number[..at];
        }
        if (number.IndexOfAnyInRange((byte)'1', (byte)'9') < 0)
            return 0;
        var point = number.IndexOf((byte)'.');
        var places = point < 0 ? 0 : number.Length - point - 1;
        for (var index = number.Length - 1; number[index] is (byte)'0' or (byte)'.'; index--)
            places -= number[index] == (byte)'0' ? 1 : 0;
        return places - exponent;
    }
}
