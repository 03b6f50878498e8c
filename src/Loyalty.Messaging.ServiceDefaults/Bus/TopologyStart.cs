using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RabbitMQ.Client.Exceptions;

namespace Loyalty.Messaging.ServiceDefaults.Bus;

/// <summary>Declares the topology before the bus needs it, waits for a broker that is not there yet, and says clearly when the broker has something else under our names.</summary>
internal sealed partial class TopologyStart(IOptions<RabbitMqOptions> options, TimeProvider time, ILogger<TopologyStart> logger) : BackgroundService, IHealthCheck
{
    static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(2);
    const ushort PreconditionFailed = 406;
    string? _problem = "The broker's topology has not been declared yet";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_problem is { } problem ? HealthCheckResult.Unhealthy(problem) : HealthCheckResult.Healthy());

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = await BrokerConnection.Factory(options.Value.Address, "loyalty-topology").CreateConnectionAsync(stoppingToken);
                await using var channel = await connection.CreateChannelAsync(cancellationToken: stoppingToken);
                await Topology.DeclareAsync(channel, stoppingToken);
                _problem = null;
                return;
            }
            // A connection that is refused, as for a vhost that is not there yet, is interrupted as well, with another code.
            catch (OperationInterruptedException exception) when (exception.ShutdownReason?.ReplyCode == PreconditionFailed)
            {
                Say($"The broker holds something else under one of our names: {exception.ShutdownReason?.ReplyText ?? exception.Message}. Delete or rename it there");
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                Say($"The broker cannot be reached or refuses us: {(exception as OperationInterruptedException)?.ShutdownReason?.ReplyText ?? exception.GetBaseException().Message}");
            }
            await Task.Delay(RetryDelay, time, stoppingToken);
        }
    }

    void Say(string problem)
    {
        if (_problem == problem)
            return;
        _problem = problem;
        NotDeclared(logger, problem);
    }

    [LoggerMessage(3101, LogLevel.Error, "{Problem}; trying again")]
    static partial void NotDeclared(ILogger logger, string problem);
}
