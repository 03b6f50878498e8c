using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Loyalty.Messaging.ServiceDefaults.Bus;

/// <summary>
/// Knows whether the broker takes messages. Short of memory or disk it lets everybody in, declares and delivers, but reads nothing more
/// from a connection that publishes, and tells only those who do. So a message that leads nowhere is published every other second, on a
/// connection of its own that may be held up.
/// </summary>
public sealed partial class PublishWatch(IOptions<RabbitMqOptions> options, TimeProvider time, ILogger<PublishWatch> logger)
    : BackgroundService, IHealthCheck
{
    static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>What no queue takes the broker confirms at once.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    readonly Meter _meter = new(Telemetry.Name);
    readonly Lock _lock = new();
    long _since = time.GetTimestamp();
    bool _takes;
    bool _refused;

    /// <summary>False, too, while the broker is away.</summary>
    public bool TakesMessages => Volatile.Read(ref _takes);

    /// <summary>
    /// Before a question is sent. One that waits until the broker takes it is dealt with then, when whoever asked has long been told that
    /// there is no answer.
    /// </summary>
    /// <exception cref="UnsentQuestionException">The broker takes no messages.</exception>
    public void ThrowUnlessTaking()
    {
        if (!TakesMessages)
            throw new UnsentQuestionException();
    }

    /// <summary>For how long it has taken messages without a break; zero while it does not.</summary>
    internal TimeSpan TakesFor => Since(takes: true);

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(TakesMessages
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy("The broker takes no messages: it is short of memory or disk, or away"));

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
            "loyalty.broker.blocked", () => Since(takes: false).TotalSeconds, "s",
            "For how long the broker has taken no message of this process; 0 while it does");
        while (true)
        {
            try
            {
                await PublishAsync(stoppingToken);
            }
            catch (OperationInterruptedException refused)
                when (refused.ShutdownReason?.ReplyCode == Constants.AccessRefused && !stoppingToken.IsCancellationRequested)
            {
                if (Tell(takes: false) || !_refused)
                    Refused(logger, Topology.Nowhere, refused.ShutdownReason.ReplyText);
                _refused = true;
            }
            catch (Exception) when (!stoppingToken.IsCancellationRequested)
            {
                // The connection is gone or not to be had: whoever needs one says so.
                Tell(takes: false);
            }
            await Task.Delay(Interval, time, stoppingToken);
        }
    }

    /// <summary>Ends with the connection.</summary>
    async Task PublishAsync(CancellationToken stoppingToken)
    {
        var factory = BrokerConnection.Factory(options.Value.Address, "loyalty-publish-watch");
        await using var connection = await factory.CreateConnectionAsync(stoppingToken);
        connection.ConnectionBlockedAsync += (_, _) =>
        {
            Tell(takes: false);
            return Task.CompletedTask;
        };
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
                Tell(takes: false);
                TakesNothing(logger);
                // After an alarm it is read like everything else.
                await publication.WaitAsync(stoppingToken);
                TakesAgain(logger);
            }
            Tell(takes: true);
            await Task.Delay(Interval, time, stoppingToken);
        }
    }

    /// <returns>Whether it is news.</returns>
    bool Tell(bool takes)
    {
        lock (_lock)
        {
            if (_takes == takes)
                return false;
            (_takes, _since) = (takes, time.GetTimestamp());
            return true;
        }
    }

    TimeSpan Since(bool takes)
    {
        lock (_lock)
            return _takes == takes ? time.GetElapsedTime(_since) : TimeSpan.Zero;
    }

    [LoggerMessage(3124, LogLevel.Error, "The broker takes no messages: it is short of memory or disk; what is committed waits")]
    static partial void TakesNothing(ILogger logger);

    [LoggerMessage(3126, LogLevel.Error,
        "Whether the broker takes messages cannot be tried, and nothing is sent: our user may not declare or write {Exchange} ({Answer}). Give it that right")]
    static partial void Refused(ILogger logger, string exchange, string answer);

    [LoggerMessage(3125, LogLevel.Information, "The broker takes messages again")]
    static partial void TakesAgain(ILogger logger);
}
