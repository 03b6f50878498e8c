using System.Security.Cryptography;
using System.Text;

namespace Loyalty.Messaging.Sagas.Collectors;

/// <summary>
/// Makes of a collector number what its orders are found by: a keyed hash, so that whoever reads the database learns no number and cannot
/// try them all.
/// Workers and the ops site need the same key.
/// </summary>
/// <param name="key">At least 32 bytes; null: orders are not found by collector.</param>
public sealed class CollectorIndex(byte[]? key)
{
    public static CollectorIndex None { get; } = new(null);

    public bool IsOn => key is not null;

    /// <returns>HMAC-SHA-256 of the number; null without a key.</returns>
    public byte[]? Of(string collectorNumber)
    {
        ArgumentNullException.ThrowIfNull(collectorNumber);
        return key is null ? null : HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(collectorNumber));
    }
}
