using System.Buffers.Text;

namespace Loyalty.Messaging.Store.Orders;

/// <summary>The last row of a page; the next page begins below it, whatever has come on top meanwhile.</summary>
public sealed record OrderCursor(DateTimeOffset Since, Guid Id)
{
    const int Length = sizeof(long) + 16;

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Length];
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(bytes, Since.UtcTicks);
        Id.TryWriteBytes(bytes[sizeof(long)..]);
        return Base64Url.EncodeToString(bytes);
    }

    /// <returns>Null when it is not valid.</returns>
    public static OrderCursor? Parse(string? text)
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
            : new OrderCursor(new DateTimeOffset(ticks, TimeSpan.Zero), new Guid(bytes[sizeof(long)..]));
    }
}
