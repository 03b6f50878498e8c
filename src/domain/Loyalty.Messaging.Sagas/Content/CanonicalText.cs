using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Loyalty.Messaging.Sagas.Content;

/// <summary>
/// One way to write down what an event says: a line for each member that is there, its length before each value. A member that is not there
/// leaves no line, so that one that the contract gets later changes nothing for events without it.
/// </summary>
internal sealed class CanonicalText
{
    /// <summary>Stands before the hash; the first version had 32 bytes and none. Another form needs another number.</summary>
    public const byte Version = 2;

    /// <summary>Divided by it, a decimal loses the zeros at its end.</summary>
    const decimal One = 1.0000000000000000000000000000m;

    /// <summary>Nearly every event is shorter; a longer one is not kept room for.</summary>
    const int Usual = 4096;

    [ThreadStatic]
    static CanonicalText? _spare;

    readonly StringBuilder _text = new(Usual);

    CanonicalText() { }

    public static byte[] Hash<T>(T content, Action<CanonicalText, T> write)
    {
        var text = _spare ?? new CanonicalText();
        _spare = null;
        write(text, content);
        var hash = new byte[1 + SHA256.HashSizeInBytes];
        hash[0] = Version;
        text.HashInto(hash.AsSpan(1));
        if (text._text.Capacity == Usual)
        {
            text._text.Clear();
            _spare = text;
        }
        return hash;
    }

    public void Add(string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
            Add(name, value.AsSpan());
    }

    public void Add(string name, decimal? value)
    {
        Span<char> digits = stackalloc char[32];
        if (value is { } number && (number / One).TryFormat(digits, out var length, default, CultureInfo.InvariantCulture))
            Add(name, digits[..length]);
    }

    public void Add(string name, DateTimeOffset instant)
    {
        Span<char> digits = stackalloc char[20];
        if (instant.UtcTicks.TryFormat(digits, out var length, default, CultureInfo.InvariantCulture))
            Add(name, digits[..length]);
    }

    void Add(string name, ReadOnlySpan<char> value) =>
        _text.Append(name).Append(' ').Append(value.Length).Append(' ').Append(value).Append('\n');

    void HashInto(Span<byte> hash)
    {
        var characters = ArrayPool<char>.Shared.Rent(_text.Length);
        var bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(_text.Length));
        _text.CopyTo(0, characters, _text.Length);
        SHA256.HashData(bytes.AsSpan(0, Encoding.UTF8.GetBytes(characters.AsSpan(0, _text.Length), bytes)), hash);
        ArrayPool<char>.Shared.Return(characters);
        ArrayPool<byte>.Shared.Return(bytes);
    }
}
