using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Loyalty.Messaging.AirMiles;

/// <summary>The issuer's <c>Idempotency-Key</c> of one business act and revision.</summary>
public static class IdempotencyKey
{
    /// <summary>
    /// Always the same version-4-formatted UUID for the same arguments, so that a key that was lost with a crash can be made again and
    /// never names two acts.
    /// </summary>
    /// <param name="act">What is done, e.g. <c>issue</c> or <c>reverse</c>.</param>
    /// <param name="businessId">orderId or refundId, compared exactly.</param>
    /// <param name="revision">Which body it belongs to: 0 for the first, one more for every correction.</param>
    public static Guid For(string act, string businessId, int revision)
    {
        ArgumentException.ThrowIfNullOrEmpty(act);
        ArgumentException.ThrowIfNullOrEmpty(businessId);
        ArgumentOutOfRangeException.ThrowIfNegative(revision);

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, Encoding.UTF8.GetBytes(act));
        Append(hash, Encoding.UTF8.GetBytes(businessId));
        Span<byte> number = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(number, revision);
        Append(hash, number);

        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        digest[6] = (byte)((digest[6] & 0x0F) | 0x40);
        digest[8] = (byte)((digest[8] & 0x3F) | 0x80);
        return new Guid(digest[..16], bigEndian: true);
    }

    // The length goes first: otherwise ("issue", "1x") and ("issue1", "x") would be one act.
    static void Append(IncrementalHash hash, ReadOnlySpan<byte> part)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, part.Length);
        hash.AppendData(length);
        hash.AppendData(part);
    }
}
