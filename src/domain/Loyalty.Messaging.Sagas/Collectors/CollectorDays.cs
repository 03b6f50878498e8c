namespace Loyalty.Messaging.Sagas.Collectors;

/// <summary>What the committed rows say of one collector and one day.</summary>
public interface ICollectorMiles
{
    /// <param name="collectorHash">What the collector's orders are found by.</param>
    /// <param name="day">The issuer's transaction day.</param>
    /// <param name="except">The order that is asked about.</param>
    /// <returns>Whole miles of the collector's orders of that day that are issued or on their way.</returns>
    Task<long> OfDayAsync(byte[] collectorHash, DateOnly day, Guid except, CancellationToken cancellationToken);
}

/// <summary>
/// Miles of collectors on the present day, as this process has seen them: a first look that costs no statement. Collectors share places, so
/// that it is too high sometimes and never too low; whatever it finds high is looked up in the rows, where there is a way to.
/// </summary>
/// <param name="rows">Null where orders are not found by collector: what this process has seen decides alone.</param>
public sealed class CollectorDays(ICollectorMiles? rows = null)
{
    const int Places = 1 << 16;

    /// <summary>Other workers see orders of the same collector too, and one that has just been started has seen nothing.</summary>
    const int FirstLookShare = 8;

    readonly Lock _lock = new();
    readonly int[] _miles = new int[Places];
    DateOnly _day;

    /// <summary>Counts the order, and says what the collector has with it when that may be near the limit.</summary>
    /// <returns>0 when it is far from it.</returns>
    public async Task<long> WithAsync(
        string collector,
        byte[]? collectorHash,
        DateOnly day,
        Guid order,
        int miles,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var seen = Add(collector, day, miles);
        if (seen <= limit / FirstLookShare)
            return 0;
        return rows is null || collectorHash is null ? seen : miles + await rows.OfDayAsync(collectorHash, day, order, cancellationToken);
    }

    long Add(string collector, DateOnly day, int miles)
    {
        var place = string.GetHashCode(collector, StringComparison.Ordinal) & (Places - 1);
        lock (_lock)
        {
            if (day > _day)
            {
                Array.Clear(_miles);
                _day = day;
            }
            return _miles[place] = (int)Math.Min(int.MaxValue, (long)_miles[place] + miles);
        }
    }
}
