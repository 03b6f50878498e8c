namespace Loyalty.Messaging.AirMiles;

/// <summary>How many of the requests of the last 30 seconds have failed. Not safe for two threads at once.</summary>
/// <param name="throughput">So many requests there must be before half of them count.</param>
internal sealed class RecentFailures(int throughput)
{
    static readonly TimeSpan SlotLength = TimeSpan.FromSeconds(3);

    readonly (long Slot, int All, int Failed)[] _slots = new (long, int, int)[10];

    /// <returns>True when at least half have failed.</returns>
    public bool Add(TimeSpan now, bool failed)
    {
        var current = now.Ticks / SlotLength.Ticks;
        ref var slot = ref _slots[current % _slots.Length];
        if (slot.Slot != current)
            slot = (current, 0, 0);
        slot.All++;
        if (!failed)
            return false;
        slot.Failed++;
        var (all, failures) = (0, 0);
        foreach (var recent in _slots)
        {
            if (recent.Slot > current - _slots.Length)
                (all, failures) = (all + recent.All, failures + recent.Failed);
        }

        return all >= throughput && failures * 2 >= all;
    }

    public void Clear() => Array.Clear(_slots);
}
