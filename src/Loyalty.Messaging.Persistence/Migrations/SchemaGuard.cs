using Loyalty.Messaging.Persistence.Transactions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Loyalty.Messaging.Persistence.Migrations;

/// <summary>Holds deliveries back until the database is there with the schema that this version needs, and says what is missing.</summary>
internal sealed partial class SchemaGuard(IServiceScopeFactory scopes, IServiceProvider services, TimeProvider time, ILogger<SchemaGuard> logger)
    : IHostedService, IHealthCheck, IDisposable
{
    /// <summary>Worker and ops both write into the outbox.</summary>
    const string TakesWhatWeWriteSql =
        "SELECT current_setting('transaction_read_only') = 'off' AND has_table_privilege('outbox', 'INSERT') AS \"Value\"";

    static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);
    readonly CancellationTokenSource _stopping = new();
    string? _problem = "The schema has not been checked yet";
    Task _checked = Task.CompletedTask;

    DatabaseGate? Gate => services.GetService<DeliveryDatabase>()?.Gate;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (_problem is { } problem)
            return HealthCheckResult.Unhealthy(problem);
        if (Gate is { IsOpen: false })
            return HealthCheckResult.Unhealthy("The database is away; deliveries wait");
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var database = scope.ServiceProvider.GetRequiredService<LoyaltyDbContext>().Database;
            if (await database.SqlQueryRaw<bool>(TakesWhatWeWriteSql).SingleAsync(cancellationToken))
                return HealthCheckResult.Healthy();
            DatabaseFault.ForgetConnections();
            return HealthCheckResult.Unhealthy("The database is read-only, or we have no right to write to it");
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return HealthCheckResult.Unhealthy("The database cannot be reached");
        }
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _checked = Task.Run(() => CheckUntilRightAsync(_stopping.Token), CancellationToken.None);
        Gate?.HoldUntil(_checked);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _checked.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _stopping.Dispose();

    async Task CheckUntilRightAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            string? problem;
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                problem = await Schema.CheckAsync(scope.ServiceProvider.GetRequiredService<LoyaltyDbContext>(), cancellationToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                problem = $"The database cannot be reached ({exception.GetBaseException().Message})";
            }
            if (problem is not null && problem != _problem)
                NotReady(logger, problem);
            _problem = problem;
            if (problem is null)
                return;
            await Task.Delay(RetryDelay, time, cancellationToken);
        }
    }

    [LoggerMessage(3040, LogLevel.Error, "{Problem}; nothing is delivered before")]
    static partial void NotReady(ILogger logger, string problem);
}
