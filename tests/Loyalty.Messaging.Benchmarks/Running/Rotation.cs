using Loyalty.Messaging.Benchmarks.Limits;
using Loyalty.Messaging.Benchmarks.Modes;
using Loyalty.Messaging.Benchmarks.Reporting;
using Loyalty.Messaging.TestKit;

namespace Loyalty.Messaging.Benchmarks.Running;

/// <summary>What the runs gave, in their order.</summary>
/// <param name="DatabaseOrders">Orders per second of <see cref="DatabaseLimit"/>, round by round.</param>
/// <param name="BrokerMessages">Messages per second of <see cref="BrokerLimit"/>, round by round.</param>
internal sealed record Findings(IReadOnlyList<RunResult> Runs, IReadOnlyList<double> DatabaseOrders, IReadOnlyList<double> BrokerMessages);

/// <summary>
/// All runs, in turns: a machine's speed drifts within minutes, so what is to be compared runs side by side, and nobody always runs first.
/// </summary>
internal sealed class Rotation(Options options, Action<string> say)
{
    readonly List<RunResult> _runs = [];
    readonly List<double> _databaseOrders = [];
    readonly List<double> _brokerMessages = [];
    FilledDatabase? _filled;

    /// <exception cref="RunFailedException">A run broke an invariant.</exception>
    public async Task<Findings> RunAsync()
    {
        if (options.Modes.Contains(Mode.Filled))
            _filled = await FilledDatabase.CreateAsync(options.Sagas, options.Journal);
        await using (_filled)
        {
            if (options is { Minutes: { } minutes, Rate: { } rate })
                await RoundAsync(0, new Flow(Flow.Soak, minutes * 60 * rate, options.Refunds, rate));
            else
                await CompareAsync();
        }
        return new Findings(_runs, _databaseOrders, _brokerMessages);
    }

    async Task CompareAsync()
    {
        for (var round = 0; round < options.Runs; round++)
        {
            await RoundAsync(round, new Flow(Flow.OrdersOnly, options.Orders, 0));
            if (options.Refunds > 0)
                await RoundAsync(round, new Flow(Flow.WithRefunds, options.Orders, options.Refunds));
            if (!options.Quick)
                await LimitsAsync();
        }
        if (options.Rate == 0)
            return;
        // The same rate for all, so that their latencies can be compared, and one that all of them can keep.
        var rate =
            options.Rate
            ?? Math.Max(
                1,
                _runs
                    .Where(run => run.Flow == Flow.OrdersOnly)
                    .GroupBy(run => run.Mode)
                    .Min(runs => Spread.Of(runs.Select(run => run.OrdersPerSecond)).Median) / 2
            );
        for (var round = 0; round < options.Runs; round++)
            await RoundAsync(round, new Flow(Flow.Paced, options.PacedOrders, 0, rate));
    }

    async Task RoundAsync(int round, Flow flow)
    {
        for (var turn = 0; turn < options.Modes.Count; turn++)
        {
            var mode = options.Modes[(round + turn) % options.Modes.Count];
            if (mode.Burdened && flow.Name is not (Flow.OrdersOnly or Flow.Soak))
                continue;
            // For the one figure that --quick reports of it.
            if (options.Quick && flow.Name == Flow.Paced && options.Modes.Contains(Mode.Group) && mode != Mode.Group)
                continue;
            var run = await new Run(mode, flow, options, mode == Mode.Filled ? _filled : null).MeasureAsync();
            _runs.Add(run);
            say(
                flow.PerSecond is null
                    ? $"{flow.Name, -8} {mode.Name, -7} {run.OrdersPerSecond, 7:0} orders/s  {run.CpuMsPerOrder:0.00} ms CPU per "
                        + $"order{(run.DrainedPerSecond is { } drained ? $"; {drained:0}/s of the backlog beside it" : "")}"
                    : $"{flow.Name, -8} {mode.Name, -7} at {flow.PerSecond:0}/s: p50 {run.P50Ms:0.0} ms, p99 {run.P99Ms:0.0} ms, "
                        + $"longest {run.MaxMs:0.0} "
                        + $"ms{(run.DrainedPerSecond is { } drainedToTheEnd ? $"; the backlog went at {drainedToTheEnd:0}/s" : "")}"
            );
        }
    }

    async Task LimitsAsync()
    {
        _databaseOrders.Add(Math.Round(await DatabaseLimit.MeasureAsync(options.WarmUp, options.Orders, Migration.RunAsync), 1));
        _brokerMessages.Add(Math.Round(await BrokerLimit.MeasureAsync(options.WarmUp, options.Orders * BrokerLimit.MessagesPerOrder), 1));
        say(
            $"limits   PostgreSQL {_databaseOrders[^1]:0} orders/s, RabbitMQ {_brokerMessages[^1]:0} messages/s = "
                + $"{_brokerMessages[^1] / BrokerLimit.MessagesPerOrder:0} orders/s"
        );
    }
}
