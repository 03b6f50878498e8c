using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Loyalty.Messaging.Contracts;

/// <summary>
/// The JSON in a body, or why there is none. Bytes are judged before fields: what is no UTF-8, or names a field twice, could be read in
/// more ways than one.
/// </summary>
public static class EventBody
{
    /// <param name="eventName">For the exception's message.</param>
    /// <param name="body">UTF-8; a byte order mark is read over.</param>
    /// <param name="deepest">Levels of nesting that are accepted.</param>
    /// <exception cref="ContractViolationException">It is no UTF-8, no JSON, nested too deeply, or names a field more than once; the
    /// message says where.</exception>
    public static JsonDocument Parse(string eventName, ReadOnlyMemory<byte> body, int deepest)
    {
        body = WithoutMark(body);
        if (Misencoding(body.Span) is { } misencoded)
            throw new ContractViolationException(eventName, [misencoded]);
        try
        {
            return JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = deepest, AllowDuplicateProperties = false });
        }
        catch (JsonException exception)
        {
            throw new ContractViolationException(eventName, BrokenJson.In(body.Span, deepest, exception));
        }
        catch (InvalidOperationException)
        {
            // What comparing names throws when one ends within a surrogate pair.
            throw new ContractViolationException(
                eventName,
                [new(BrokenJson.FieldAtEndOf(body.Span), "holds a name with half a surrogate pair, which is no text")]
            );
        }
    }

    /// <summary>Many writers of UTF-8 begin with a byte order mark; RFC 8259 lets a reader ignore it.</summary>
    public static ReadOnlyMemory<byte> WithoutMark(ReadOnlyMemory<byte> body) => body.Span.StartsWith("\uFEFF"u8) ? body[3..] : body;

    static ContractViolation? Misencoding(ReadOnlySpan<byte> body)
    {
        if (IsWide(body))
            return new("", "The body is UTF-16 or UTF-32; it must be sent as UTF-8");
        if (Utf8.IsValid(body))
            return null;
        var at = 0;
        while (Rune.DecodeFromUtf8(body[at..], out _, out var length) == System.Buffers.OperationStatus.Done)
            at += length;
        var before = body[..at];
        var field = BrokenJson.FieldAtEndOf(before);
        return new(
            field,
            $"{(field.Length == 0 ? "The body is" : "is")} not UTF-8 (line {before.Count((byte)'\n') + 1}, "
                + $"byte {at - before.LastIndexOf((byte)'\n')}); "
                + "text in Latin-1 or Windows-1252 must be sent as UTF-8"
        );
    }

    /// <summary>JSON begins with a character of ASCII, which in UTF-8 has no zero bytes beside it.</summary>
    static bool IsWide(ReadOnlySpan<byte> body) =>
        body is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] or [0, 0, 0xFE, 0xFF, ..] or [0, > 0, ..] or [> 0, 0, ..] or [0, 0, 0, > 0, ..];
}
