using Loyalty.Messaging.Benchmarks.Backlog;
using Loyalty.Messaging.Benchmarks.Load;
using Loyalty.Messaging.Benchmarks.Measuring;
using Loyalty.Messaging.Benchmarks.Modes;
using Npgsql;

namespace Loyalty.Messaging.Benchmarks.Running;

/// <summary>One flow through one mode, from the start of its parts to their end.</summary>
/// <param name="filled">Only for the mode that is named so.</param>
internal sealed class Run(Mode mode, Flow flow, Options options, FilledDatabase? filled)
{
    /// <summary>So long nothing may happen in the middle of a run.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    int Workers => mode.Workers ?? options.Workers;

    /// <exception cref="RunFailedException">The run broke an invariant, or stood still.</exception>
    public async Task<RunResult> MeasureAsync()
    {
        await using var stage = await Stage.SetAsync(mode, options, filled);
        await using var load = await CommerceLoad.ConnectAsync(stage.Vhost, filled?.NextSeries ?? 0);
        // Before there is a worker: it begins to send a backlog at once.
        var backlog = mode == Mode.Backlog ? load.Expect(OutboxBacklog.Series, options.Backlog) : null;
        await stage.StartWorkersAsync(Workers);
        await using var counters = stage.Database is { } database
            ? await DatabaseCounters.OpenAsync(new NpgsqlConnectionStringBuilder(database.ConnectionString).Database!)
            : null;

        var warmUp = load.Flood(options.WarmUp, flow.RefundPercent);
        await HeardAsync(stage, warmUp.Tally, warmUp.Publishing);
        await stage.QuietAsync();
        List<Tally> before = [warmUp.Tally];
        if (flow.PerSecond is { } warmUpRate && options.PacedWarmUp > TimeSpan.Zero)
        {
            var cold = load.Pace((int)Math.Ceiling(options.PacedWarmUp.TotalSeconds * warmUpRate), flow.RefundPercent, warmUpRate);
            await HeardAsync(stage, cold.Tally, cold.Publishing);
            await stage.QuietAsync();
            before.Add(cold.Tally);
        }

        // An open loop is measured for its latency: its commits are not worth the wait.
        // Nor are those of a run beside a backlog, which has commits of its own.
        var counted = counters is not null && flow.PerSecond is null && mode != Mode.Backlog;
        var drain = mode == Mode.Backlog ? await Drain.BeginAsync(stage) : null;
        var commitsBefore = counted ? await counters!.SettledCommitsAsync(Workers) : 0;
        await stage.IssuerLatencyAsync();
        var start = await Meter.ReadAsync(stage, counters);
        var (tally, publishing) = flow.PerSecond is { } rate
            ? load.Pace(flow.Orders, flow.RefundPercent, rate)
            : load.Flood(flow.Orders, flow.RefundPercent);
        using var ended = new CancellationTokenSource();
        var sampling = new Sampler(stage, load, options.SampleInterval).RunAsync(tally, ended.Token);
        IReadOnlyList<Sample> samples;
        try
        {
            await HeardAsync(stage, tally, publishing);
        }
        finally
        {
            await ended.CancelAsync();
            samples = await sampling;
        }
        if (drain is not null)
            await (flow.Name == Flow.Soak ? drain.ToTheEndAsync() : drain.LookAsync());
        await stage.QuietAsync();
        var after = await Meter.ReadAsync(stage, counters);
        var spent = after.Since(start);
        var issuer = await stage.IssuerLatencyAsync();
        var (peak, final) = (
            stage.Workers.Max(worker => ProcessTimes.PeakResidentBytes(worker.ProcessId)),
            stage.Workers.Max(worker => ProcessTimes.ResidentBytes(worker.ProcessId))
        );

        await stage.StopWorkersAsync();
        long? commits = null;
        if (counted)
        {
            await counters!.DesertedAsync();
            commits = await counters.CommitsAsync() - commitsBefore - spent.Looks;
        }
        await Invariants.HoldAsync(stage, load, [.. before, tally], backlog);
        filled?.NextSeries = load.NextSeries;
        return RunResult.Of(mode, flow, tally, spent, commits, samples) with
        {
            ColdP99Ms = before.Count > 1 ? Math.Round(Percentiles.Of(before[^1].LatenciesMs(), 0.99), 1) : null,
            IssuerP50Ms = issuer.P50Ms,
            IssuerP99Ms = issuer.P99Ms,
            DrainedPerSecond = drain is null ? null : Math.Round(drain.PerSecond),
            ReadyMs = Math.Round(stage.ReadyAfter.TotalMilliseconds),
            PeakRssMb = Math.Round(peak / 1048576.0, 1),
            FinalRssMb = Math.Round(final / 1048576.0, 1),
        };
    }

    async Task HeardAsync(Stage stage, Tally tally, Task publishing)
    {
        var (moved, missing) = (TimeProvider.System.GetTimestamp(), tally.Missing);
        while (!tally.AllHeard.IsCompleted)
        {
            await Task.WhenAny(tally.AllHeard, Task.Delay(Look, TimeProvider.System));
            stage.MustLive();
            if (publishing.IsFaulted)
                await publishing;
            if (tally.Missing != missing)
                (moved, missing) = (TimeProvider.System.GetTimestamp(), tally.Missing);
            else if (TimeProvider.System.GetElapsedTime(moved) > Patience)
                throw new RunFailedException(
                    $"Mode {mode.Name}, flow {flow.Name}: nothing was heard for {Patience.TotalSeconds:0} s, "
                        + $"and {missing} of {tally.Orders + tally.Refunds} outcomes are missing.\n{stage.Workers[0].Output}"
                );
        }
        await publishing;
    }
}
