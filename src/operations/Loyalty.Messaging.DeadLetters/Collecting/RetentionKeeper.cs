using Loyalty.Messaging.Store.DeadLetters;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Loyalty.Messaging.DeadLetters.Collecting;

/// <summary>How long what is dealt with is kept. What is open is kept for ever.</summary>
public sealed record Retention(TimeSpan KeptFor);

/// <summary>Deletes dead letters that were dealt with long ago, a few at a time.</summary>
internal sealed partial class RetentionKeeper(
    Retention retention,
    IServiceScopeFactory scopes,
    TimeProvider time,
    ILogger<RetentionKeeper> logger
) : BackgroundService
{
    const int AtOnce = 500;
    static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    await PurgeAsync(stoppingToken);
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    NotPurged(logger, exception.GetBaseException().Message);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
    }

    async Task PurgeAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var letters = scope.ServiceProvider.GetRequiredService<DeadLetterStore>();
        var gone = 0;
        for (int last = AtOnce; last == AtOnce; gone += last)
            last = await letters.PurgeAsync(time.GetUtcNow() - retention.KeptFor, AtOnce, cancellationToken);
        if (gone > 0)
            Purged(logger, gone);
    }

    [LoggerMessage(4103, LogLevel.Information, "{Count} dead letters that were dealt with long ago are deleted")]
    static partial void Purged(ILogger logger, int count);

    [LoggerMessage(4104, LogLevel.Warning, "Old dead letters could not be deleted ({Cause}); tried again later")]
    static partial void NotPurged(ILogger logger, string cause);
}
