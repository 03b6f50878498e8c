using System.Buffers.Text;

namespace Loyalty.Messaging.Store.Paging;

/// <summary>The last row of a page; the next page begins below it, whatever has come on top meanwhile.</summary>
public sealed record PageCursor(DateTimeOffset At, Guid Id)
{
    const int Length = sizeof(long) + 16;

    /// <summary>Of rows that have a number.</summary>
    public PageCursor(DateTimeOffset at, long number)
        : this(at, new Guid(0, 0, 0, BitConverter.GetBytes(number))) { }

    public long Number => BitConverter.ToInt64(Id.ToByteArray(), sizeof(long));

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Length];
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(bytes, At.UtcTicks);
        Id.TryWriteBytes(bytes[sizeof(long)..]);
        return Base64Url.EncodeToString(bytes);
    }

    /// <returns>What is wrong with it, as a sentence; null when nothing is, or none was sent.</returns>
    public static string? Mistake(string? text) =>
        string.IsNullOrEmpty(text) || Parse(text) is not null
            ? null
            : "cursor is not valid: use the one of the previous answer, or leave it out";

    /// <returns>Null when it is not valid.</returns>
    public static PageCursor? Parse(string? text)
    {
        Span<byte> bytes = stackalloc byte[Length];
        if (
            text is null
            || !Base64Url.IsValid(text, out var length)
            || length != Length
            || !Base64Url.TryDecodeFromChars(text, bytes, out _)
        )
            return null;
        var ticks = System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(bytes);
        return ticks < 0 || ticks > DateTimeOffset.MaxValue.UtcTicks
            ? null
            : new PageCursor(new DateTimeOffset(ticks, TimeSpan.Zero), new Guid(bytes[sizeof(long)..]));
    }
}
