using System.Globalization;

namespace Loyalty.Messaging.Sagas;

/// <summary>The queues of the bus inside, and which issuer queue a collector's calls go to.</summary>
/// <param name="Partitions">How many issuer queues there are; a power of two. Changing it while calls wait lets two calls of one collector
/// meet.</param>
public sealed record IssuerQueues(int Partitions)
{
    public const string Issuance = "loyalty.issuance";
    public const string Reversal = "loyalty.reversal";

    // Always by exchange: a "queue:" address would have the sender declare the queue, with the wrong arguments.
    public static Uri IssuanceAddress { get; } = new($"exchange:{Issuance}");
    public static Uri ReversalAddress { get; } = new($"exchange:{Reversal}");

    public IEnumerable<string> Names => Enumerable.Range(0, Partitions).Select(Name);

    public static string Name(int partition) => $"loyalty.issuer-{partition.ToString("00", CultureInfo.InvariantCulture)}";

    /// <summary>Whether a queue is called as issuer queues are, however many there are at present.</summary>
    public static bool IsName(string queue)
    {
        ArgumentNullException.ThrowIfNull(queue);
        return int.TryParse(queue.AsSpan(queue.LastIndexOf('-') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var partition)
            && Name(partition) == queue;
    }

    /// <summary>The same collector always has the same queue, in every process.</summary>
    public Uri AddressOf(string collectorNumber) => new($"exchange:{Name((int)(HashOf(collectorNumber) & (uint)(Partitions - 1)))}");

    /// <summary>FNV-1a: stable across processes and versions, which <see cref="string.GetHashCode()"/> is not.</summary>
    internal static uint HashOf(string text)
    {
        var hash = 2166136261u;
        foreach (var letter in text)
            hash = (hash ^ letter) * 16777619u;
        return hash ^ (hash >> 15);
    }
}
