using System.Diagnostics.Metrics;
using Loyalty.Messaging.RabbitMq.Broker;
using Loyalty.Messaging.Sagas;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Loyalty.Messaging.RabbitMq.Publish;

/// <summary>
/// Knows whether the broker takes messages. Short of memory or disk it lets everybody in, declares and delivers, but reads nothing more
/// from a connection that publishes, and tells only those who do. So a message that leads nowhere is published every other second, on a
/// connection of its own that may be held up.
/// </summary>
public sealed partial class PublishWatch(IOptions<RabbitMqOptions> options, TimeProvider time, ILogger<PublishWatch> logger)
    : BackgroundService,
        IHealthCheck
{
    static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>What no queue takes the broker confirms at once.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>After an alarm the broker reads what has waited. If it has not by then, it is asked anew on another connection.</summary>
    static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(30);

    enum Found
    {
        /// <summary>The broker cannot be asked: it is away, or has not been asked yet.</summary>
        Nothing,
        TakesMessages,

        /// <summary>It is there and reads nothing that is published.</summary>
        Blocked,

        /// <summary>We have no right to ask, which says nothing about what we have a right to.</summary>
        NoRight,
    }

    readonly Meter _meter = new(LoyaltyTelemetry.Name);
    readonly Lock _lock = new();
    Found _found;
    long _since = time.GetTimestamp();

    /// <summary>Known to take no messages. Whoever is in doubt may try: a broker that is away says so himself.</summary>
    public bool IsBlocked => Now == Found.Blocked;

    /// <summary>
    /// Before a question is sent. One that waits until the broker takes it is dealt with then, when whoever asked has long been told that
    /// there is no answer.
    /// </summary>
    /// <exception cref="UnsentQuestionException">The broker takes no messages, or is away.</exception>
    public void ThrowUnlessTaking()
    {
        if (!IsOpen(Now))
            throw new UnsentQuestionException();
    }

    /// <summary>For how long it has been neither away nor blocked; zero while it is.</summary>
    internal TimeSpan TakesFor => Since(open: true);

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(
            Now switch
            {
                Found.TakesMessages => HealthCheckResult.Healthy(),
                Found.NoRight => HealthCheckResult.Unhealthy(
                    $"Whether the broker takes messages is unknown: we have no right to {Topology.Nowhere}"
                ),
                _ => HealthCheckResult.Unhealthy("The broker takes no messages: it is short of memory or disk, or away"),
            }
        );

    /// <inheritdoc/>
    public override void Dispose()
    {
        _meter.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _meter.CreateObservableGauge(
            "loyalty.broker.blocked",
            () => Since(open: false).TotalSeconds,
            "s",
            "For how long the broker has taken no message of this process; 0 while it does"
        );
        while (true)
        {
            try
            {
                await PublishAsync(stoppingToken);
            }
            catch (TimeoutException) when (IsBlocked)
            {
                // What has been found stays found until something else is.
            }
            catch (Exception) when (!stoppingToken.IsCancellationRequested)
            {
                // The connection is gone or not to be had: whoever needs one says so.
                Tell(Found.Nothing);
            }
            await Task.Delay(Interval, time, stoppingToken);
        }
    }

    /// <summary>Ends with the connection, of whose end it is told at once.</summary>
    async Task PublishAsync(CancellationToken stoppingToken)
    {
        var factory = BrokerConnection.Factory(options.Value.Address, "loyalty-publish-watch");
        await using var connection = await factory.CreateConnectionAsync(stoppingToken);
        connection.ConnectionBlockedAsync += (_, _) =>
        {
            Tell(Found.Blocked);
            return Task.CompletedTask;
        };
        connection.ConnectionShutdownAsync += (_, ending) =>
        {
            if (ending.Initiator != ShutdownInitiator.Application)
                Tell(Found.Nothing);
            return Task.CompletedTask;
        };
        try
        {
            await PublishAsync(connection, stoppingToken);
        }
        catch (OperationInterruptedException refused)
            when (refused.ShutdownReason?.ReplyCode == Constants.AccessRefused && connection.IsOpen)
        {
            Tell(Found.NoRight);
            // With the connection: when a right is withdrawn, the whole of it may be closed next.
            await Task.Delay(Interval, time, stoppingToken);
        }
    }

    async Task PublishAsync(IConnection connection, CancellationToken stoppingToken)
    {
        await using (var declaring = await connection.CreateChannelAsync(cancellationToken: stoppingToken))
            await declaring.ExchangeDeclareAsync(Topology.Nowhere, ExchangeType.Fanout, durable: true, cancellationToken: stoppingToken);
        await using var channel = await ConfirmedChannel.OpenAsync(connection, stoppingToken);
        while (true)
        {
            var publication = channel.PublishAsync(Topology.Nowhere, "", mandatory: false, new BasicProperties(), []);
            try
            {
                await publication.WaitAsync(Patience, time, stoppingToken);
            }
            catch (TimeoutException)
            {
                Tell(Found.Blocked);
                await publication.WaitAsync(LongestSilence, time, stoppingToken);
            }
            Tell(Found.TakesMessages);
            await Task.Delay(Interval, time, stoppingToken);
        }
    }

    Found Now
    {
        get
        {
            lock (_lock)
                return _found;
        }
    }

    /// <summary>A message may go through.</summary>
    static bool IsOpen(Found found) => found is Found.TakesMessages or Found.NoRight;

    void Tell(Found found)
    {
        Found before;
        lock (_lock)
        {
            before = _found;
            _found = found;
            if (IsOpen(before) != IsOpen(found))
                _since = time.GetTimestamp();
        }
        if (before == found)
            return;
        if (found == Found.Blocked)
            TakesNothing(logger);
        else if (found == Found.NoRight)
            NoRight(logger, Topology.Nowhere);
        else if (before == Found.Blocked && found == Found.TakesMessages)
            TakesAgain(logger);
    }

    TimeSpan Since(bool open)
    {
        lock (_lock)
            return IsOpen(_found) == open ? time.GetElapsedTime(_since) : TimeSpan.Zero;
    }

    [LoggerMessage(3124, LogLevel.Error, "The broker takes no messages: it is short of memory or disk; what is committed waits")]
    static partial void TakesNothing(ILogger logger);

    [LoggerMessage(3125, LogLevel.Information, "The broker takes messages again")]
    static partial void TakesAgain(ILogger logger);

    [LoggerMessage(
        3126,
        LogLevel.Error,
        "Whether the broker takes messages cannot be tried: our user may not declare exchange {Exchange} and publish to it. "
            + "Give it that right"
    )]
    static partial void NoRight(ILogger logger, string exchange);
}
