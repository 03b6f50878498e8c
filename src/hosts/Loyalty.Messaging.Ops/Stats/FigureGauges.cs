using System.Data.Common;
using System.Diagnostics.Metrics;
using Loyalty.Messaging.Sagas;
using Loyalty.Messaging.Store.DeadLetters;
using Loyalty.Messaging.Store.Jobs;
using Loyalty.Messaging.Store.Statistics;

namespace Loyalty.Messaging.Ops.Stats;

/// <summary>
/// Shows the database's figures as gauges. They are read at an interval and not when somebody fetches them: how often and by how many that
/// is done costs the database nothing.
/// </summary>
internal sealed partial class FigureGauges(IServiceScopeFactory scopes, TimeProvider time, ILogger<FigureGauges> logger) : BackgroundService
{
    static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <summary>Older figures are not shown: that there are none tells more than what was true a while ago.</summary>
    static readonly TimeSpan Good = TimeSpan.FromMinutes(1);

    readonly Meter _meter = new(LoyaltyTelemetry.Name);
    Figures? _last;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Show();
        using var timer = new PeriodicTimer(Interval, time);
        var missed = false;
        do
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                Volatile.Write(ref _last, await Figures.ReadAsync(scope.ServiceProvider, stoppingToken));
                missed = false;
            }
            catch (Exception exception) when (exception is DbException or InvalidOperationException { InnerException: DbException })
            {
                if (!missed)
                    Missed(logger, exception.GetBaseException().Message);
                missed = true;
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    public override void Dispose()
    {
        _meter.Dispose();
        base.Dispose();
    }

    void Show()
    {
        Gauge(
            "loyalty.saga.count",
            "{saga}",
            "Orders and refunds by state",
            figures => figures.Stats.States.Select(state => Of(state, state.Count))
        );
        Gauge(
            "loyalty.saga.stuck",
            "{saga}",
            "Orders and refunds that have been in their state for longer than its limit",
            figures => Open(figures).Select(state => Of(state, state.Stuck ?? 0))
        );
        Gauge(
            "loyalty.saga.oldest_age",
            "s",
            "For how long the oldest of a state has been in it",
            figures => Open(figures).Select(state => Of(state, Age(figures, state.OldestSince)))
        );
        Gauge(
            "loyalty.dead_letter.count",
            "{message}",
            "Dead letters that wait for their owner",
            figures => figures.Letters.Select(letters => Of(letters, letters.Count))
        );
        Gauge(
            "loyalty.dead_letter.oldest_age",
            "s",
            "For how long the oldest dead letter of an owner has been there",
            figures => figures.Letters.Select(letters => Of(letters, Age(figures, letters.Count > 0 ? letters.OldestAt : null)))
        );
        Gauge(
            "loyalty.outbox.waiting",
            "{message}",
            "Committed messages that are not yet known to be with the broker",
            figures => [new(figures.Stats.Outbox.Waiting)]
        );
        Gauge(
            "loyalty.outbox.oldest_age",
            "s",
            "For how long the oldest of them has waited",
            figures => [new(figures.Stats.Outbox.OldestAgeSeconds ?? 0)]
        );
        Gauge(
            "loyalty.outbox.scheduled",
            "{message}",
            "Timers: messages to be sent at a later time",
            figures => [new(figures.Stats.Outbox.Scheduled)]
        );
        Gauge(
            "loyalty.outbox.parked",
            "{message}",
            "Messages that the broker refused in every attempt",
            figures => [new(figures.Stats.Outbox.Parked)]
        );
        Gauge("loyalty.job.count", "{job}", "Jobs that have not ended", figures => figures.Jobs.Select(jobs => Of(jobs, jobs.Count)));
        Gauge(
            "loyalty.job.oldest_age",
            "s",
            "For how long the oldest of them has been in its state",
            figures => figures.Jobs.Select(jobs => Of(jobs, Age(figures, jobs.Count > 0 ? jobs.OldestSince : null)))
        );
        Gauge(
            "loyalty.worker.count",
            "{worker}",
            "Workers that were heard from within half a minute",
            figures => [new(figures.Workers.Count)]
        );
        Gauge(
            "loyalty.worker.paused",
            "{worker}",
            "Those of them whose calls wait because the issuer is down",
            figures => [new(figures.Workers.Count(worker => worker.PausedSince is not null))]
        );
    }

    void Gauge(string name, string unit, string description, Func<Figures, IEnumerable<Measurement<double>>> measure) =>
        _meter.CreateObservableGauge(name, () => Recent() is { } figures ? measure(figures) : [], unit, description);

    Figures? Recent() => Volatile.Read(ref _last) is { } last && time.GetUtcNow() - last.Stats.At < Good ? last : null;

    static IEnumerable<StateCount> Open(Figures figures) => figures.Stats.States.Where(state => state.Stuck is not null);

    static Measurement<double> Of(StateCount state, double value) => new(value, Tag("kind", state.Kind), Tag("state", state.State));

    static Measurement<double> Of(OpenLetters letters, double value) => new(value, Tag("owner", letters.Owner));

    static Measurement<double> Of(OpenJobs jobs, double value) => new(value, Tag("state", jobs.State));

    static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);

    static double Age(Figures figures, DateTimeOffset? since) =>
        since is { } started ? Math.Max(0, (figures.Stats.At - started).TotalSeconds) : 0;

    [LoggerMessage(4021, LogLevel.Warning, "The database's figures could not be read ({Cause}); no metrics of them until they can be")]
    static partial void Missed(ILogger logger, string cause);
}
