using System.Data.Common;
using Loyalty.Messaging.Persistence.DeadLetters;
using Loyalty.Messaging.ServiceDefaults.Bus;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Loyalty.Messaging.DeadLetters.Collecting;

/// <summary>Takes what was given up out of its queue into the database; the broker may forget a message only when its row is committed.</summary>
internal sealed partial class DeadLetterCollector(DeadLetterIntake intake, IServiceScopeFactory scopes, TimeProvider time, ILogger<DeadLetterCollector> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await intake.ReadAsync(messages => TakeAsync(messages, stoppingToken), stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    /// <summary>One message that the database will not have as it is must not hold up the others, nor be lost.</summary>
    async Task TakeAsync(IReadOnlyList<GivenUpMessage> messages, CancellationToken cancellationToken)
    {
        try
        {
            await KeepAsync([.. messages.Select(message => LetterReader.Of(message, time.GetUtcNow()))], cancellationToken);
        }
        catch (DbException exception) when (!exception.IsTransient && messages.Count > 1)
        {
            foreach (var message in messages)
                await TakeAsync([message], cancellationToken);
            return;
        }
        catch (DbException exception) when (!exception.IsTransient)
        {
            NotAsItIs(logger, exception.Message);
            await KeepAsync([LetterReader.Of(messages[0] with { Headers = new Dictionary<string, object?>(), MessageId = null, ContentType = null }, time.GetUtcNow())], cancellationToken);
        }
        Taken(logger, messages.Count);
    }

    async Task KeepAsync(IReadOnlyList<TakenLetter> taken, CancellationToken cancellationToken)
    {
        // The same message twice in one hand: two failures of one letter need two statements.
        var letters = taken.GroupBy(each => each.Letter.Id).ToList();
        for (var round = 0; letters.Exists(copies => copies.Count() > round); round++)
        {
            await using var scope = scopes.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<DeadLetterStore>().TakeAsync([.. letters.Where(copies => copies.Count() > round).Select(copies => copies.ElementAt(round))], cancellationToken);
        }
    }

    [LoggerMessage(4101, LogLevel.Information, "{Count} dead letters taken")]
    static partial void Taken(ILogger logger, int count);

    [LoggerMessage(4102, LogLevel.Error, "The database will not have a dead letter as it is ({Cause}); it is kept without its headers")]
    static partial void NotAsItIs(ILogger logger, string cause);
}
