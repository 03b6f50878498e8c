using System.Diagnostics;

namespace Loyalty.Messaging.Benchmarks.Load;

/// <summary>
/// What became of each order of a series and its refund, by <see cref="Stopwatch"/> ticks. Published and heard by two threads, each writing
/// its own arrays.
/// </summary>
internal sealed class Tally
{
    readonly long[] _published;
    readonly long[] _orderHeard;
    readonly long[] _refundHeard;
    readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
    int _missing;
    int _heard;

    /// <param name="refundPercent">Of 100 orders so many are refunded in half, evenly spread.</param>
    public Tally(int orders, int refundPercent)
    {
        (Orders, RefundPercent) = (orders, refundPercent);
        (_published, _orderHeard, _refundHeard) = (new long[orders], new long[orders], refundPercent > 0 ? new long[orders] : []);
        _missing = orders + Refunds;
    }

    public int Orders { get; }
    public int RefundPercent { get; }
    public int Refunds => (int)((long)Orders * RefundPercent / 100);

    /// <summary>Outcomes that came a second time.</summary>
    public int Repeated { get; private set; }

    /// <summary>Outcomes of another kind than miles issued or reversed.</summary>
    public int Others { get; private set; }

    /// <summary>Orders whose outcome has been heard so far.</summary>
    public int OrdersHeard => Volatile.Read(ref _heard);
    public int Missing => Volatile.Read(ref _missing);
    public Task AllHeard => _all.Task;

    public bool IsRefunded(int number) => (long)(number + 1) * RefundPercent / 100 > (long)number * RefundPercent / 100;

    public void Publish(int number) => _published[number] = Stopwatch.GetTimestamp();

    public void Hear(bool refund, int number, long at, bool expected)
    {
        var heard = refund ? _refundHeard : _orderHeard;
        if (!expected)
            Others++;
        if ((uint)number >= heard.Length || heard[number] != 0)
        {
            Repeated++;
            return;
        }
        heard[number] = at;
        if (!refund)
            Volatile.Write(ref _heard, _heard + 1);
        Volatile.Write(ref _missing, _missing - 1);
        if (_missing == 0)
            _all.TrySetResult();
    }

    /// <summary>From the first publication to the last outcome.</summary>
    public TimeSpan Took =>
        Stopwatch.GetElapsedTime(_published[0], Math.Max(_orderHeard.Max(), _refundHeard.Length > 0 ? _refundHeard.Max() : 0));

    /// <summary>Milliseconds from an order's publication to its outcome, in ascending order.</summary>
    public double[] LatenciesMs() =>
        [
            .. Enumerable
                .Range(0, Orders)
                .Where(number => _orderHeard[number] != 0)
                .Select(number => Stopwatch.GetElapsedTime(_published[number], _orderHeard[number]).TotalMilliseconds)
                .Order(),
        ];
}
