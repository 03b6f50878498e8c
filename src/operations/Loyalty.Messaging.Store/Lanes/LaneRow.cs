namespace Loyalty.Messaging.Store.Lanes;

/// <summary>
/// An issuer queue and whose it is: a worker's, for as long as that worker's lease lasts (<c>worker_pulse.lanes_until</c>).
/// </summary>
public sealed class LaneRow
{
    public int Number { get; set; }

    /// <summary>The worker's name; null when nobody has it.</summary>
    public string? Owner { get; set; }

    /// <summary>Grows with every owner: whoever wants the lane names the epoch that it has seen, so that of two one gets it.</summary>
    public long Epoch { get; set; }

    /// <summary>Since when it has been so, by the database's clock.</summary>
    public DateTimeOffset Since { get; set; }
}

/// <summary>A lane as it is just now.</summary>
/// <param name="Held">Its owner's lease lasts.</param>
public sealed record LaneNow(int Number, string? Owner, long Epoch, bool Held);

/// <summary>What is known of the number of lanes.</summary>
public sealed record LanesRecorded(int Lanes, int Workers, int Outgoing);
