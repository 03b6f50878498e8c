using Loyalty.Messaging.Contracts;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Loyalty.Messaging.RabbitMq.Broker;

/// <summary>
/// Declares the topology before the bus needs it and again and again, waits for a broker that is not there yet, and says clearly when the
/// broker has something else under our names.
/// </summary>
internal sealed partial class TopologyStart(
    IOptions<RabbitMqOptions> options,
    TimeProvider time,
    ILogger<TopologyStart> logger,
    LaneQueues? lanes = null
) : BackgroundService, IHealthCheck
{
    static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(2);

    /// <summary>What somebody deletes on the broker is there again after this.</summary>
    static readonly TimeSpan DeclareInterval = TimeSpan.FromSeconds(10);

    string? _problem = "The broker's topology has not been declared yet";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_problem is { } problem ? HealthCheckResult.Unhealthy(problem) : HealthCheckResult.Healthy());

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        IConnection? connection = null;
        for (var earlier = false; ; )
        {
            var wait = RetryDelay;
            try
            {
                if (connection is not { IsOpen: true })
                {
                    if (connection is not null)
                        await connection.DisposeAsync();
                    connection = null;
                    connection = await BrokerConnection
                        .Factory(options.Value.Address, "loyalty-topology")
                        .CreateConnectionAsync(stoppingToken);
                }
                var current = await Topology.DeclareAsync(connection, lanes?.Names ?? [], earlier, stoppingToken);
                if (!current && !earlier)
                    EarlierQueue(logger, WireNames.DeadLetters);
                earlier = !current;
                _problem = null;
                wait = DeclareInterval;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            // A connection that is refused, as for a vhost that is not there yet, is interrupted as well, with another code.
            catch (OperationInterruptedException exception) when (exception.ShutdownReason?.ReplyCode == Constants.PreconditionFailed)
            {
                Say(
                    "The broker holds something else under one of our names: "
                        + $"{exception.ShutdownReason?.ReplyText ?? exception.Message}. Delete or rename it there"
                );
            }
            catch (Exception exception)
            {
                Say(
                    "The broker cannot be reached or refuses us: "
                        + ((exception as OperationInterruptedException)?.ShutdownReason?.ReplyText ?? exception.GetBaseException().Message)
                );
            }
            try
            {
                await Task.Delay(wait, time, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }
        if (connection is not null)
            await connection.DisposeAsync();
    }

    void Say(string problem)
    {
        if (_problem == problem)
            return;
        _problem = problem;
        NotDeclared(logger, problem);
    }

    [LoggerMessage(
        3102,
        LogLevel.Warning,
        "The queue {Queue} was declared by an earlier version, without a delivery limit of its own. "
            + "RabbitMQ 4 drops what comes back more than twenty times: while it is empty, delete it, and it is declared anew"
    )]
    static partial void EarlierQueue(ILogger logger, string queue);

    [LoggerMessage(3101, LogLevel.Error, "{Problem}; trying again")]
    static partial void NotDeclared(ILogger logger, string problem);
}
