using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using Loyalty.Messaging.AirMiles;
using Loyalty.Messaging.Delivery.Database;
using Loyalty.Messaging.RabbitMq.Lanes;
using Loyalty.Messaging.Sagas;
using Loyalty.Messaging.Store.Lanes;
using Loyalty.Messaging.Store.Workers;
using Loyalty.Messaging.Worker.Endpoints;
using Microsoft.Extensions.Options;

namespace Loyalty.Messaging.Worker.Lanes;

/// <summary>
/// Says every few seconds that this worker is there, which is also its lease on its lanes, and sees to it that it has its share of them.
/// Registered after the bus, so that it stops before it: the lanes are given up first.
/// </summary>
internal sealed partial class LaneKeeper(
    LaneLease lease,
    LaneEndpoints endpoints,
    IServiceScopeFactory scopes,
    IIssuerPause pause,
    IOptions<AirMilesOptions> airMiles,
    LaneCount count,
    DatabaseContact contact,
    TimeProvider time,
    ILogger<LaneKeeper> logger
) : BackgroundService
{
    static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>At the start, until there is a connection to the broker.</summary>
    static readonly TimeSpan FirstInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>Statements by key on small tables: a server that takes longer is away.</summary>
    static readonly TimeSpan StatementTimeout = TimeSpan.FromSeconds(3);

    /// <summary>The host has 25 seconds to stop, and the bus comes after the lanes.</summary>
    static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(15);

    readonly string _name =
        $"{Environment.MachineName}:{Environment.ProcessId}:{Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture)[..6]}";
    readonly DateTimeOffset _startedAt = time.GetUtcNow();
    readonly ConcurrentDictionary<int, Owned> _owned = new();
    readonly Meter _meter = new(LoyaltyTelemetry.Name);
    int _unowned;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _meter.CreateObservableGauge("loyalty.lanes", () => _owned.Count, "{lane}", "Issuer queues that belong to this worker");
        _meter.CreateObservableGauge(
            "loyalty.lanes.unowned",
            () => Volatile.Read(ref _unowned),
            "{lane}",
            "Issuer queues that belong to no worker, as this one has seen it last"
        );
        await count.Agreed.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!count.Agreed.IsCompletedSuccessfully)
            return;
        while (!stoppingToken.IsCancellationRequested)
        {
            await TickAsync(takes: !endpoints.IsCutOff);
            await Task.Delay(_owned.IsEmpty && endpoints.IsCutOff ? FirstInterval : Interval, time, stoppingToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        var stopping = time.GetTimestamp();
        do await TickAsync(takes: false);
        while (await AreLeftAsync() && time.GetElapsedTime(stopping) < LongestStop);
        if (_owned.IsEmpty)
            await AskAsync<WorkerHeartbeats, int>(pulses => pulses.EndAsync(_name, CancellationToken.None));
    }

    public override void Dispose()
    {
        _meter.Dispose();
        base.Dispose();
    }

    async Task<bool> AreLeftAsync()
    {
        await Task.WhenAll(_owned.Values.Select(owned => owned.Ending ?? Task.CompletedTask))
            .WaitAsync(Interval, time)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !_owned.IsEmpty;
    }

    async Task TickAsync(bool takes)
    {
        var sent = lease.Now();
        var pulse = new WorkerHeartbeat
        {
            Worker = _name,
            StartedAt = _startedAt,
            PausedSince = pause.Since,
            PauseCause = pause.Cause,
            TakesLanes = takes,
        };
        var renewed = await AskAsync<WorkerHeartbeats, int>(pulses => pulses.BeatAsync(pulse, lease.Length, CancellationToken.None)) > 0;
        // Before it begins anew: what was begun under a lease that has run out must not go on under the next.
        if (lease.IsOver)
            foreach (var owned in _owned.Values)
                End(owned, TimeSpan.Zero);
        if (!renewed)
            return;
        lease.Begin(sent);
        if (
            await AskAsync<LaneTable, List<LaneNow>>(table => table.SeeAsync(CancellationToken.None)) is { } lanes
            && await AskAsync<WorkerHeartbeats, List<string>>(pulses => pulses.TakersAsync(CancellationToken.None)) is { } takers
        )
            await ShareAsync(lanes, takes ? LaneShare.Of(_name, takers, lanes) : 0);
    }

    async Task ShareAsync(List<LaneNow> lanes, int share)
    {
        Volatile.Write(ref _unowned, lanes.Count(lane => !lane.Held));
        foreach (var owned in _owned.Values.Where(owned => owned.Ending is null).OrderBy(owned => owned.Lane.Number).Skip(share))
            End(owned, airMiles.Value.AttemptTimeout);
        // Of those that are its own in the table alone, its lease has run out meanwhile, or the database has not heard that they are given
        // up.
        var free = lanes
            .Where(lane => (!lane.Held || lane.Owner == _name) && !_owned.ContainsKey(lane.Number))
            .OrderByDescending(lane => lane.Owner == _name)
            .ToList();
        var wanted = free.Take(Math.Max(0, share - _owned.Count)).ToList();
        if (wanted.Count > 0)
            foreach (
                var lane in await AskAsync<LaneTable, List<LaneNow>>(table => table.ClaimAsync(_name, wanted, CancellationToken.None)) ?? []
            )
                Begin(lane);
        foreach (var lane in free.Except(wanted).Where(lane => lane.Owner == _name))
            await ReleaseAsync(lane);
    }

    void Begin(LaneNow lane)
    {
        _owned[lane.Number] = new Owned(lane, endpoints.Begin(IssuerQueues.Name(lane.Number), IssuerEndpoints.Configure));
        Begun(logger, IssuerQueues.Name(lane.Number));
    }

    void End(Owned owned, TimeSpan patience)
    {
        if (owned.Ending is null)
            owned.Ending = EndAsync(owned, patience);
        else if (patience == TimeSpan.Zero)
            owned.Endpoint.Cancel();
    }

    async Task EndAsync(Owned owned, TimeSpan patience)
    {
        await owned.Endpoint.EndAsync(patience);
        await ReleaseAsync(owned.Lane);
        _owned.TryRemove(owned.Lane.Number, out _);
        Ended(logger, IssuerQueues.Name(owned.Lane.Number));
    }

    Task<int> ReleaseAsync(LaneNow lane) =>
        AskAsync<LaneTable, int>(table => table.ReleaseAsync(_name, lane.Number, lane.Epoch, CancellationToken.None));

    /// <summary>
    /// A statement without an answer is left alone, not cancelled: to cancel means to ask the same server, and to wait for that. What it
    /// may still do when nobody listens any more does no harm.
    /// </summary>
    /// <returns>Nothing when the database has not answered: it is away, or not migrated yet, and others say so, louder.</returns>
    async Task<TAnswer?> AskAsync<TTable, TAnswer>(Func<TTable, Task<TAnswer>> statement)
        where TTable : notnull
    {
        try
        {
            var answer = await AnswerAsync(statement).WaitAsync(StatementTimeout, time);
            contact.Tell(done: true);
            return answer;
        }
        catch (Exception exception)
        {
            contact.Tell(done: false);
            Missed(logger, exception.GetBaseException().Message);
            return default;
        }
    }

    async Task<TAnswer> AnswerAsync<TTable, TAnswer>(Func<TTable, Task<TAnswer>> statement)
        where TTable : notnull
    {
        await using var scope = scopes.CreateAsyncScope();
        return await statement(scope.ServiceProvider.GetRequiredService<TTable>());
    }

    [LoggerMessage(2210, LogLevel.Debug, "The database has not heard from this worker: {Cause}")]
    static partial void Missed(ILogger logger, string cause);

    [LoggerMessage(2211, LogLevel.Information, "{Queue} belongs to this worker now")]
    static partial void Begun(ILogger logger, string queue);

    [LoggerMessage(2212, LogLevel.Information, "{Queue} no longer belongs to this worker, and nothing of it is in hand")]
    static partial void Ended(ILogger logger, string queue);

    sealed class Owned(LaneNow lane, LaneEndpoint endpoint)
    {
        public LaneNow Lane => lane;
        public LaneEndpoint Endpoint => endpoint;

        /// <summary>Ends when somebody else may have the lane; null while it is ours.</summary>
        public Task? Ending { get; set; }
    }
}
