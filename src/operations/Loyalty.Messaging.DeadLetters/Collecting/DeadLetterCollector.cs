using Loyalty.Messaging.Delivery.Database;
using Loyalty.Messaging.RabbitMq.DeadLetters;
using Loyalty.Messaging.Store.DeadLetters;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Loyalty.Messaging.DeadLetters.Collecting;

/// <summary>
/// Takes what was given up out of its queue into the database; the broker may forget a message only when its row is committed.
/// </summary>
internal sealed partial class DeadLetterCollector(
    DeadLetterIntake intake,
    IServiceScopeFactory scopes,
    TimeProvider time,
    ILogger<DeadLetterCollector> logger
) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await intake.ReadAsync(messages => TakeAsync(messages, stoppingToken), stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
    }

    /// <summary>One message that the database will not have as it is must not hold up the others, nor be lost.</summary>
    async Task TakeAsync(IReadOnlyList<GivenUpMessage> messages, CancellationToken cancellationToken)
    {
        try
        {
            await KeepAsync([.. messages.Select(Read)], cancellationToken);
        }
        catch (Exception exception) when (IsOfTheLetters(exception) && messages.Count > 1)
        {
            foreach (var message in messages)
                await TakeAsync([message], cancellationToken);
            return;
        }
        catch (Exception exception) when (IsOfTheLetters(exception))
        {
            NotAsItIs(logger, exception.GetBaseException().Message);
            await KeepAsync([LetterReader.Raw(messages[0], time.GetUtcNow(), exception)], cancellationToken);
        }
        catch (Exception exception) when (DatabaseFault.IsAway(exception))
        {
            DatabaseFault.ForgetConnections();
            throw;
        }
        Taken(logger, messages.Count);
    }

    static bool IsOfTheLetters(Exception exception) => exception is not OperationCanceledException && !DatabaseFault.IsAway(exception);

    /// <summary>Whatever its reader meets in a letter, there is a row for it.</summary>
    TakenLetter Read(GivenUpMessage message)
    {
        try
        {
            return LetterReader.Of(message, time.GetUtcNow());
        }
        catch (Exception exception)
        {
            NotRead(logger, exception.GetType().Name);
            return LetterReader.Raw(message, time.GetUtcNow(), exception);
        }
    }

    async Task KeepAsync(IReadOnlyList<TakenLetter> taken, CancellationToken cancellationToken)
    {
        // The same message twice in one hand: two failures of one letter need two statements.
        var letters = taken.GroupBy(each => each.Letter.Id).ToList();
        for (var round = 0; letters.Exists(copies => copies.Count() > round); round++)
        {
            await using var scope = scopes.CreateAsyncScope();
            await scope
                .ServiceProvider.GetRequiredService<DeadLetterStore>()
                .TakeAsync(
                    [.. letters.Where(copies => copies.Count() > round).Select(copies => copies.ElementAt(round))],
                    cancellationToken
                );
        }
    }

    [LoggerMessage(4101, LogLevel.Information, "{Count} dead letters taken")]
    static partial void Taken(ILogger logger, int count);

    [LoggerMessage(4102, LogLevel.Error, "The database will not have a dead letter as it is ({Cause}); it is kept as bytes")]
    static partial void NotAsItIs(ILogger logger, string cause);

    [LoggerMessage(4105, LogLevel.Error, "A dead letter cannot be read ({Cause}); it is kept as bytes")]
    static partial void NotRead(ILogger logger, string cause);
}
