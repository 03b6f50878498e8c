using Loyalty.Messaging.Delivery.Database;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Loyalty.Messaging.Store.Migrations;

/// <summary>Holds deliveries back until the database is there with the schema that this version needs, and says what is missing.</summary>
internal sealed partial class SchemaGuard(
    IServiceScopeFactory scopes,
    IServiceProvider services,
    TimeProvider time,
    ILogger<SchemaGuard> logger
) : IHostedService, IHealthCheck, IDisposable
{
    static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    /// <summary>For one row. Whoever asks for our health has little patience himself.</summary>
    static readonly TimeSpan WritePatience = TimeSpan.FromSeconds(3);

    /// <summary>A statement that gets no answer is left alone: to cancel it, the same server would have to answer.</summary>
    static readonly TimeSpan LeftAlone = TimeSpan.FromSeconds(10);

    /// <summary>Anybody may ask, and each answer costs a write: whoever asks more often is told the same.</summary>
    static readonly TimeSpan AnswerKept = TimeSpan.FromSeconds(1);

    readonly CancellationTokenSource _stopping = new();
    readonly SemaphoreSlim _asking = new(1);
    HealthCheckResult _answer;
    long _answeredAt;
    Task _write = Task.CompletedTask;
    long _writtenAt;
    string? _problem = "The schema has not been checked yet";
    Task _checked = Task.CompletedTask;

    DatabaseGate? Gate => services.GetService<DeliveryDatabase>()?.Gate;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (_problem is { } problem)
            return HealthCheckResult.Unhealthy(problem);
        if (Gate is { IsOpen: false })
            return HealthCheckResult.Unhealthy("The database is away; deliveries wait");
        await _asking.WaitAsync(cancellationToken);
        try
        {
            if (_answeredAt == 0 || time.GetElapsedTime(_answeredAt) > AnswerKept)
                (_answer, _answeredAt) = (await TryWriteAsync(cancellationToken), time.GetTimestamp());
            return _answer;
        }
        finally
        {
            _asking.Release();
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

    public void Dispose()
    {
        _stopping.Dispose();
        _asking.Dispose();
    }

    /// <summary>Worker and ops both write into the outbox.</summary>
    async Task<HealthCheckResult> TryWriteAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (_write.IsCompleted || time.GetElapsedTime(_writtenAt) > LeftAlone)
                (_write, _writtenAt) = (WriteAsync(), time.GetTimestamp());
            await _write.WaitAsync(WritePatience, time, cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            DatabaseFault.ForgetConnections();
            return HealthCheckResult.Unhealthy("The database cannot be reached, or accepts no writes");
        }
    }

    async Task WriteAsync()
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<LoyaltyDbContext>().Database;
        database.SetCommandTimeout(WritePatience);
        await database.ExecuteSqlRawAsync(DatabaseGate.TryWriteSql, CancellationToken.None);
    }

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

    [LoggerMessage(3040, LogLevel.Error, "{Problem}; nothing is delivered until this is fixed")]
    static partial void NotReady(ILogger logger, string problem);
}
