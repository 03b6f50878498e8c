namespace Loyalty.Messaging.Benchmarks.Running;

/// <summary>How fast a backlog goes: rows that have left the outbox, by the clock of the looks at it.</summary>
internal sealed class Drain
{
    static readonly TimeSpan Look = TimeSpan.FromSeconds(5);
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    readonly Stage _stage;
    readonly long _began;
    readonly long _rows;

    Drain(Stage stage, long rows) => (_stage, _rows, _began) = (stage, rows, TimeProvider.System.GetTimestamp());

    public double PerSecond { get; private set; }

    public static async Task<Drain> BeginAsync(Stage stage) => new(stage, await stage.RowsWaitingAsync());

    /// <returns>How many rows are left.</returns>
    public async Task<long> LookAsync()
    {
        var left = await _stage.RowsWaitingAsync();
        PerSecond = (_rows - left) / TimeProvider.System.GetElapsedTime(_began).TotalSeconds;
        return left;
    }

    /// <exception cref="RunFailedException">Nothing went for a minute.</exception>
    public async Task ToTheEndAsync()
    {
        var (moved, least) = (TimeProvider.System.GetTimestamp(), long.MaxValue);
        while (await LookAsync() is var left and > 0)
        {
            _stage.MustLive();
            if (left < least)
                (moved, least) = (TimeProvider.System.GetTimestamp(), left);
            else if (TimeProvider.System.GetElapsedTime(moved) > Patience)
                throw new RunFailedException(
                    $"Nothing has left the outbox for {Patience.TotalSeconds:0} s, and {left} rows are in it.\n{_stage.Workers[0].Output}"
                );
            await Task.Delay(Look, TimeProvider.System);
        }
    }
}
