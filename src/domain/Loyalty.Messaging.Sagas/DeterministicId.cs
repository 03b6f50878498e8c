using System.Security.Cryptography;
using System.Text;

namespace Loyalty.Messaging.Sagas;

/// <summary>Ids that follow from what a thing is, so that every process and every redelivery computes the same.</summary>
public static class DeterministicId
{
    /// <summary>The issuance saga's key: one row per order.</summary>
    public static Guid OfOrder(string orderId) => Of("order", orderId);

    /// <summary>The reversal saga's key: one row per refund.</summary>
    public static Guid OfRefund(string refundId) => Of("refund", refundId);

    /// <summary>A UUID from the parts' SHA-256, marked as version 8 (RFC 9562: custom); each part is preceded by its length.</summary>
    public static Guid Of(params ReadOnlySpan<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[4];
        foreach (var part in parts)
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }
        Span<byte> digest = stackalloc byte[32];
        hash.GetHashAndReset(digest);
        digest[6] = (byte)((digest[6] & 0x0F) | 0x80);
        digest[8] = (byte)((digest[8] & 0x3F) | 0x80);
        return new Guid(digest[..16], bigEndian: true);
    }
}
