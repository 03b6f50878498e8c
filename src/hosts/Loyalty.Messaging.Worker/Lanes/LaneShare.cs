using Loyalty.Messaging.Store.Lanes;

namespace Loyalty.Messaging.Worker.Lanes;

/// <summary>How many lanes a worker should have. All workers compute the same from the same rows, without talking to each other.</summary>
internal static class LaneShare
{
    /// <param name="takers">Workers that share; where lanes do not divide, those that have the most keep one more, so that as few as
    /// possible change hands.</param>
    public static int Of(string worker, IReadOnlyCollection<string> takers, IReadOnlyList<LaneNow> lanes)
    {
        var place = takers
            .OrderByDescending(taker => lanes.Count(lane => lane.Held && lane.Owner == taker))
            .ThenBy(taker => taker, StringComparer.Ordinal)
            .ToList()
            .IndexOf(worker);
        return place < 0 ? 0 : (lanes.Count / takers.Count) + (place < lanes.Count % takers.Count ? 1 : 0);
    }
}
