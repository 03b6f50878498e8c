using Loyalty.Messaging.Delivery.Database;
using Loyalty.Messaging.Delivery.Outbox;
using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Loyalty.Messaging.Delivery.Sending;

/// <summary>
/// Sends what is due in the table: what a dead process left, what the broker did not take in time, what was asked for at a later time.
/// It claims in one statement, sends without a transaction, and parks what never goes. The next claim is taken while the last ones are on
/// their way;
/// a backlog goes at a bounded rate, which leaves the machine to live traffic.
/// </summary>
internal sealed partial class OutboxSweeper(
    DeliveryDatabase database,
    OutboxDelivery delivery,
    OutboxOptions options,
    IBusControl bus,
    ILogger<OutboxSweeper> logger,
    IOutboxTransport? transport = null
) : BackgroundService
{
    const int ClaimsAtOnce = 3;
    static readonly TimeSpan LongestBackoff = TimeSpan.FromMinutes(5);
    static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(20);
    readonly SemaphoreSlim _wake = new(0, 1);
    readonly SemaphoreSlim _claims = new(ClaimsAtOnce);

    /// <summary>
    /// Where the next walk begins. What was swept stays at the head of the index until it is vacuumed, and an old transaction somewhere
    /// keeps it there for hours:
    /// only a walk from the very beginning passes it all again.
    /// </summary>
    DateTimeOffset _from = DateTimeOffset.MinValue;
    long _beganAt;

    /// <summary>Something became due just now.</summary>
    public void Wake()
    {
        if (_wake.CurrentCount == 0)
        {
            try
            {
                _wake.Release();
            }
            catch (SemaphoreFullException)
            {
                // Somebody else woke it in the same moment.
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            var pace = new RateLimit(options.SweepRate, database.Time);
            while (true)
            {
                while (!IsHeard())
                    await Task.Delay(options.QueryDelay, database.Time, stoppingToken);
                await pace.WaitAsync(stoppingToken);
                await _claims.WaitAsync(stoppingToken);
                Claim? claim = null;
                try
                {
                    claim = await ClaimGuardedAsync(stoppingToken);
                }
                finally
                {
                    if (claim is { Rows.Count: > 0 })
                        _ = SweepAsync(claim, stoppingToken);
                    else
                        _claims.Release();
                }
                pace.Took(claim?.Rows.Count ?? 0);
                if (claim is not { Rows.Count: OutboxTable.MostAtOnce })
                    await _wake.WaitAsync(WaitAfter(claim), stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What is on its way is settled; what has not been tried is given back.
            for (var claims = 0; claims < ClaimsAtOnce; claims++)
                await _claims.WaitAsync(options.Lease, CancellationToken.None);
        }
    }

    /// <summary>
    /// The broker is there and takes messages, whatever it says to one queue or another. While it does not, nothing is tried, and what was
    /// on its way then has not failed: no message is parked for an outage.
    /// </summary>
    bool IsHeard()
    {
        if (transport is { TakesMessages: false })
            return false;
        var health = bus.CheckHealth();
        return health.Status == BusHealthStatus.Healthy
            || health.Endpoints.Values.Any(endpoint =>
                endpoint.Status == BusHealthStatus.Healthy
                && !endpoint.InputAddress.Query.Contains("temporary=true", StringComparison.Ordinal)
            );
    }

    TimeSpan WaitAfter(Claim? claim) =>
        claim?.NextDueIn is not { } next || next > options.QueryDelay ? options.QueryDelay
        : next < ShortestWait ? ShortestWait
        : next;

    /// <summary>Null when it failed.</summary>
    async Task<Claim?> ClaimGuardedAsync(CancellationToken cancellationToken)
    {
        try
        {
            await database.Gate.WaitAsync(cancellationToken);
            return await ClaimAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            if (DatabaseFault.IsAway(exception) || exception is TimeoutException)
                database.Gate.Close(exception);
            else
                SweepFailed(logger, exception);
            return null;
        }
    }

    async Task<Claim> ClaimAsync(CancellationToken cancellationToken)
    {
        // Rows that waited for others of their stream were passed by, and a late transaction may have committed one behind us.
        if (database.Time.GetElapsedTime(_beganAt) > options.Lease)
            _from = DateTimeOffset.MinValue;
        if (_from == DateTimeOffset.MinValue)
            _beganAt = database.Time.GetTimestamp();
        await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
        var at = database.Time.GetTimestamp();
        var claim = await OutboxTable.ClaimAsync(connection, options.Lease, _from, cancellationToken);
        _from = claim.Rows.Count == OutboxTable.MostAtOnce ? claim.LastDueAt!.Value : DateTimeOffset.MinValue;
        return claim with { At = at };
    }

    async Task SweepAsync(Claim claim, CancellationToken stoppingToken)
    {
        try
        {
            // Not tried and no fault: the process is stopping, or the lease would run out on the way.
            if (stoppingToken.IsCancellationRequested || database.Time.GetElapsedTime(claim.At) > options.Lease - options.ConfirmTimeout)
            {
                await SettleAsync([], [.. claim.Rows.Select(row => new Unsent(row.Id, TimeSpan.Zero, null))]);
                return;
            }
            var sends = claim.Rows.OrderBy(row => row.Sequence).Select(row => (Row: row, End: delivery.SendAsync(row))).ToList();
            await Task.WhenAll(sends.Select(send => send.End))
                .WaitAsync(options.ConfirmTimeout, database.Time, CancellationToken.None)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            // Looked at once: one that ends meanwhile is unsent, and goes again under the same id.
            var sent = sends.ToLookup(send => send.End.IsCompletedSuccessfully);
            var answered = IsHeard();
            await SettleAsync(
                [.. sent[true].Select(send => send.Row.Id)],
                [
                    .. sent[false]
                        .Select(send => answered ? Unsent(send.Row, Fault(send.End)) : new Unsent(send.Row.Id, Backoff(send.Row), null)),
                ]
            );
            Swept(logger, sent[true].Count());
            // The next of their streams may go now.
            if (sent.Contains(true))
                Wake();
        }
        catch (Exception exception)
        {
            SweepFailed(logger, exception);
        }
        finally
        {
            _claims.Release();
        }
    }

    string Fault(Task send) =>
        send.Exception?.InnerException is { } exception
            ? $"{exception.GetType().Name}: {exception.Message}"
            : $"{nameof(TimeoutException)}: The broker has not confirmed it within {options.ConfirmTimeout.TotalSeconds:0.#} s";

    Unsent Unsent(OutboxMessage row, string fault)
    {
        if (row.Attempts < options.MaxAttempts)
            return new Unsent(row.Id, Backoff(row), fault);
        Parked(logger, row.MessageId, row.MessageType, row.Attempts, fault);
        return new Unsent(row.Id, null, fault);
    }

    static TimeSpan Backoff(OutboxMessage row) =>
        Spread() * TimeSpan.FromSeconds(Math.Min(LongestBackoff.TotalSeconds, Math.Pow(2, Math.Min(row.Attempts, 20)) / 2));

    /// <summary>
    /// A message that makes the broker close the channel takes along what is on its way with it: they must not meet again every time.
    /// </summary>
    static double Spread() => 0.5 + Random.Shared.NextDouble();

    /// <summary>
    /// Gives up only when the lease is over: what was sent must not be sent again for a database that was away for a moment.
    /// </summary>
    async Task SettleAsync(Guid[] sent, IReadOnlyList<Unsent> unsent)
    {
        for (var started = database.Time.GetTimestamp(); ; )
        {
            try
            {
                await database.Gate.WaitAsync(CancellationToken.None).WaitAsync(options.Lease, database.Time);
                await using var connection = await database.Source.OpenConnectionAsync(CancellationToken.None);
                await OutboxTable.SettleAsync(connection, sent, unsent, CancellationToken.None);
                return;
            }
            catch (Exception exception) when (DatabaseFault.IsAway(exception) && database.Time.GetElapsedTime(started) < options.Lease)
            {
                database.Gate.Close(exception);
            }
        }
    }

    [LoggerMessage(3012, LogLevel.Error, "The outbox could not be swept; trying again")]
    static partial void SweepFailed(ILogger logger, Exception exception);

    [LoggerMessage(3013, LogLevel.Error, "Message {MessageId} ({MessageType}) is parked in the outbox after {Attempts} attempts: {Fault}")]
    static partial void Parked(ILogger logger, Guid messageId, string messageType, int attempts, string fault);

    [LoggerMessage(3014, LogLevel.Debug, "{Count} messages swept from the outbox")]
    static partial void Swept(ILogger logger, int count);

    public override void Dispose()
    {
        _wake.Dispose();
        _claims.Dispose();
        base.Dispose();
    }
}
