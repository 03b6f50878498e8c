using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using Loyalty.Messaging.AirMiles;
using Loyalty.Messaging.Persistence.Lanes;
using Loyalty.Messaging.Persistence.Workers;
using Loyalty.Messaging.Sagas;
using Loyalty.Messaging.ServiceDefaults.Bus;
using Loyalty.Messaging.Worker.Endpoints;
using Microsoft.Extensions.Options;

namespace Loyalty.Messaging.Worker.Lanes;

/// <summary>
/// Says every few seconds that this worker is there, which is also its lease on its lanes, and sees to it that it has its share of them. Registered after the bus, so that it stops before it: the lanes are given
/// up first.
/// </summary>
internal sealed partial class LaneKeeper(
    LaneLease lease, LaneEndpoints endpoints, IServiceScopeFactory scopes, IIssuerPause pause, IOptions<AirMilesOptions> airMiles, IOptions<RabbitMqOptions> rabbitMq, TimeProvider time, ILogger<LaneKeeper> logger)
    : BackgroundService
{
    static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>At the start, until there is a connection to the broker.</summary>
    static readonly TimeSpan FirstInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>Statements by key on small tables: a server that takes longer is away.</summary>
    static readonly TimeSpan StatementTimeout = TimeSpan.FromSeconds(3);

    /// <summary>The host has 25 seconds to stop, and the bus comes after the lanes.</summary>
    static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(15);

    readonly string _name = $"{Environment.MachineName}:{Environment.ProcessId}:{Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture)[..6]}";
    readonly DateTimeOffset _startedAt = time.GetUtcNow();
    readonly ConcurrentDictionary<int, Owned> _owned = new();
    readonly Meter _meter = new("Loyalty.Messaging");
    int _unowned;
    bool _laid;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _meter.CreateObservableGauge("loyalty.lanes", () => _owned.Count, "{lane}", "Issuer queues that belong to this worker");
        _meter.CreateObservableGauge("loyalty.lanes.unowned", () => Volatile.Read(ref _unowned), "{lane}", "Issuer queues that belong to no worker, as this one has seen it last");
        while (!stoppingToken.IsCancellationRequested)
        {
            await TickAsync(takes: !endpoints.IsCutOff);
            await Task.Delay(_owned.IsEmpty && endpoints.IsCutOff ? FirstInterval : Interval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        var stopping = time.GetTimestamp();
        do
            await TickAsync(takes: false);
        while (await AreLeftAsync() && time.GetElapsedTime(stopping) < LongestStop);
        if (_owned.IsEmpty)
            await TellAsync((services, cancellation) => services.GetRequiredService<WorkerPulses>().EndAsync(_name, cancellation));
    }

    public override void Dispose()
    {
        _meter.Dispose();
        base.Dispose();
    }

    async Task<bool> AreLeftAsync()
    {
        await Task.WhenAll(_owned.Values.Select(owned => owned.Ending ?? Task.CompletedTask)).WaitAsync(Interval, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !_owned.IsEmpty;
    }

    async Task TickAsync(bool takes)
    {
        var sent = lease.Now();
        var renewed = await TellAsync((services, cancellation) => services.GetRequiredService<WorkerPulses>().BeatAsync(
            new WorkerPulse { Worker = _name, StartedAt = _startedAt, PausedSince = pause.Since, PauseCause = pause.Cause, TakesLanes = takes }, lease.Length, cancellation));
        // Before it begins anew: what was begun under a lease that has run out must not go on under the next.
        if (lease.IsOver)
            foreach (var (number, owned) in _owned)
                End(number, owned, TimeSpan.Zero);
        if (!renewed)
            return;
        lease.Begin(sent);
        await TellAsync((services, cancellation) => ShareAsync(services.GetRequiredService<LaneTable>(), takes, cancellation));
    }

    async Task ShareAsync(LaneTable table, bool takes, CancellationToken cancellationToken)
    {
        if (!_laid)
            await table.LayAsync(rabbitMq.Value.Partitions, cancellationToken);
        _laid = true;
        var lanes = await table.SeeAsync(cancellationToken);
        Volatile.Write(ref _unowned, lanes.Count(lane => !lane.Held));
        var share = takes ? LaneShare.Of(_name, await table.TakersAsync(cancellationToken), lanes) : 0;
        var open = _owned.Where(owned => owned.Value.Ending is null).OrderBy(owned => owned.Key).ToList();
        foreach (var (number, owned) in open.Skip(share))
            End(number, owned, airMiles.Value.AttemptTimeout);
        // Of those that are its own in the table alone, its lease has run out meanwhile, or it could not say that it gives them up.
        var free = lanes.Where(lane => (!lane.Held || lane.Owner == _name) && !_owned.ContainsKey(lane.Number)).OrderByDescending(lane => lane.Owner == _name).ToList();
        if (free.Count == 0)
            return;
        var claimed = share > _owned.Count ? await table.ClaimAsync(_name, [.. free.Take(share - _owned.Count)], cancellationToken) : [];
        foreach (var lane in claimed)
            Begin(lane.Number);
        foreach (var lane in free.Where(lane => lane.Owner == _name && !_owned.ContainsKey(lane.Number)))
            await table.ReleaseAsync(_name, lane.Number, cancellationToken);
    }

    void Begin(int number)
    {
        _owned[number] = new Owned(endpoints.Begin(IssuerQueues.Name(number), IssuerEndpoints.Configure));
        Begun(logger, IssuerQueues.Name(number));
    }

    void End(int number, Owned owned, TimeSpan patience)
    {
        if (owned.Ending is null)
            owned.Ending = EndAsync(number, owned, patience);
        else if (patience == TimeSpan.Zero)
            owned.Endpoint.Cancel();
    }

    async Task EndAsync(int number, Owned owned, TimeSpan patience)
    {
        await owned.Endpoint.EndAsync(patience);
        await TellAsync((services, cancellation) => services.GetRequiredService<LaneTable>().ReleaseAsync(_name, number, cancellation));
        _owned.TryRemove(number, out _);
        Ended(logger, IssuerQueues.Name(number));
    }

    /// <returns>False when the database has not taken it: it is away, or not migrated yet, and others say so, louder.</returns>
    async Task<bool> TellAsync(Func<IServiceProvider, CancellationToken, Task> statement)
    {
        try
        {
            using var limit = new CancellationTokenSource(StatementTimeout, time);
            await using var scope = scopes.CreateAsyncScope();
            await statement(scope.ServiceProvider, limit.Token);
            return true;
        }
        catch (Exception exception)
        {
            Missed(logger, exception.GetBaseException().Message);
            return false;
        }
    }

    [LoggerMessage(2210, LogLevel.Debug, "The database has not heard from this worker: {Cause}")]
    static partial void Missed(ILogger logger, string cause);

    [LoggerMessage(2211, LogLevel.Information, "{Queue} belongs to this worker now")]
    static partial void Begun(ILogger logger, string queue);

    [LoggerMessage(2212, LogLevel.Information, "{Queue} no longer belongs to this worker, and nothing of it is in hand")]
    static partial void Ended(ILogger logger, string queue);

    sealed class Owned(LaneEndpoint endpoint)
    {
        public LaneEndpoint Endpoint => endpoint;

        /// <summary>Ends when somebody else may have the lane; null while it is ours.</summary>
        public Task? Ending { get; set; }
    }
}
