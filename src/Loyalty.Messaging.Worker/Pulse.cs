using Loyalty.Messaging.AirMiles;
using Loyalty.Messaging.Persistence.Workers;

namespace Loyalty.Messaging.Worker;

/// <summary>Says every few seconds that this worker is there, and whether its calls to the issuer are paused: ops sees it without asking the worker.</summary>
internal sealed partial class Pulse(IServiceScopeFactory scopes, IIssuerPause pause, TimeProvider time, ILogger<Pulse> logger) : BackgroundService
{
    static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    readonly string _name = $"{Environment.MachineName}:{Environment.ProcessId}";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var startedAt = time.GetUtcNow();
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            do
            {
                await BeatAsync(new WorkerPulse { Worker = _name, StartedAt = startedAt, PausedSince = pause.Since, PauseCause = pause.Cause }, stoppingToken);
            } while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await EndAsync();
        }
    }

    async Task EndAsync()
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<WorkerPulses>().EndAsync(_name, CancellationToken.None);
        }
        catch (Exception exception)
        {
            // It is forgotten after a while without a pulse.
            Missed(logger, exception.GetBaseException().Message);
        }
    }

    async Task BeatAsync(WorkerPulse pulse, CancellationToken cancellationToken)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<WorkerPulses>().BeatAsync(pulse, cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // The database is away, or not migrated yet: others say so, louder.
            Missed(logger, exception.GetBaseException().Message);
        }
    }

    [LoggerMessage(2210, LogLevel.Debug, "This worker could not say that it is there: {Cause}")]
    static partial void Missed(ILogger logger, string cause);
}
