using System.Security.Cryptography;
using System.Text.Json;
using Loyalty.Messaging.Contracts;

namespace Loyalty.Messaging.Sagas;

/// <summary>
/// Fingerprint of what an event says, without the id of the publication: tells a repeated event from a second, different one under the same business key.
/// </summary>
public static class ContentHash
{
    public static byte[] Of(OrderCompleted order) => Hash(order with
    {
        EventId = null,
        Context = new SortedDictionary<string, string>(order.Context.ToDictionary(), StringComparer.Ordinal),
    });

    public static byte[] Of(OrderRefunded refund) => Hash(refund with { EventId = null });

    static byte[] Hash<T>(T content) => SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(content));
}
