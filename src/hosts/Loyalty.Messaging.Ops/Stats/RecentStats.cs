using Loyalty.Messaging.Store.Statistics;

namespace Loyalty.Messaging.Ops.Stats;

/// <summary>The figures of a moment ago: however many people look, they are made once.</summary>
internal sealed class RecentStats(IServiceScopeFactory scopes, TransactionDays days, TimeProvider time) : IDisposable
{
    static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    /// <summary>The day's sums read every row of the day.</summary>
    static readonly TimeSpan DayFresh = TimeSpan.FromSeconds(15);

    readonly SemaphoreSlim _one = new(1);
    StatsView? _last;
    DateTimeOffset _dayAt;

    public async Task<StatsView> ReadAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            var now = time.GetUtcNow();
            if (_last is not null && now - _last.At < Fresh)
                return _last;
            await using var scope = scopes.CreateAsyncScope();
            var today = days.Today;
            var withDay = _last?.Day != today || now - _dayAt >= DayFresh;
            var stats = await scope.ServiceProvider.GetRequiredService<StatsQueries>().ReadAsync(withDay ? today : null, cancellationToken);
            if (withDay)
                _dayAt = now;
            return _last = withDay ? stats : stats with { Day = today, Today = _last!.Today };
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();
}
