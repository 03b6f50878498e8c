using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Loyalty.Messaging.Sagas;

/// <summary>
/// One way to write down what an event says: a line for each member that is there, its length before each value. A member that is not there leaves no line, so that one that
/// the contract gets later changes nothing for events without it.
/// </summary>
internal sealed class CanonicalText
{
    /// <summary>Stands before the hash; the first version had 32 bytes and none. Another form needs another number.</summary>
    public const byte Version = 2;

    /// <summary>Divided by it, a decimal loses the zeros at its end.</summary>
    const decimal One = 1.0000000000000000000000000000m;

    readonly StringBuilder _text = new(512);

    CanonicalText()
    {
    }

    public static byte[] Hash(Action<CanonicalText> write)
    {
        var text = new CanonicalText();
        write(text);
        var hash = new byte[1 + SHA256.HashSizeInBytes];
        hash[0] = Version;
        SHA256.HashData(Encoding.UTF8.GetBytes(text._text.ToString()), hash.AsSpan(1));
        return hash;
    }

    public void Add(string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
            _text.Append(CultureInfo.InvariantCulture, $"{name} {value.Length} {value}\n");
    }

    public void Add(string name, decimal? value) => Add(name, value is { } number ? (number / One).ToString(CultureInfo.InvariantCulture) : null);

    public void Add(string name, DateTimeOffset instant) => Add(name, instant.UtcTicks.ToString(CultureInfo.InvariantCulture));
}
