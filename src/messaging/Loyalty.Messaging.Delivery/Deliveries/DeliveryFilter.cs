using Loyalty.Messaging.Delivery.Database;
using Loyalty.Messaging.Delivery.Outbox;
using Loyalty.Messaging.Delivery.Sending;
using Loyalty.Messaging.Delivery.Transactions;
using MassTransit;
using MassTransit.Middleware;
using Microsoft.Extensions.Logging;

namespace Loyalty.Messaging.Delivery.Deliveries;

/// <summary>
/// Around a saga or consumer: one transaction per delivery, retried when another transaction won, held back while the database is away;
/// then the outgoing messages are delivered from memory; then, when this returns, the broker gets its ack.
/// </summary>
internal sealed class DeliveryFilter<TMessage>(
    DeliveryDatabase database,
    DeliveryTransactions transactions,
    Lazy<OutboxDelivery> delivery,
    OutboxOptions options,
    OutboxConsumeOptions consumeOptions,
    IServiceProvider services,
    bool saga,
    bool groupCommit,
    ILogger logger
) : IFilter<ConsumeContext<TMessage>>
    where TMessage : class
{
    /// <summary>
    /// A saga that fifty messages come for at once needs a few; more than this means that something is wrong with the row.
    /// </summary>
    const int MostRaces = 25;

    public async Task Send(ConsumeContext<TMessage> context, IPipe<ConsumeContext<TMessage>> next)
    {
        if (context.MessageId is null)
            throw new InvalidOperationException(
                $"A {typeof(TMessage).Name} came without a message id: the inbox cannot tell it from its duplicates"
            );
        var started = database.Time.GetTimestamp();
        var alone = !groupCommit;
        for (var races = 0; ; )
        {
            try
            {
                await OpenGateAsync(context);
                await delivery.Value.DeliverAsync(await AttemptAsync(context, next, alone));
                return;
            }
            catch (GroupBrokenException exception)
            {
                DeliveryLog.GroupBroken(logger, typeof(TMessage).Name, exception.InnerException);
                alone = true;
            }
            catch (Exception exception) when (DatabaseFault.IsLostRace(exception) && ++races < MostRaces)
            {
                DeliveryLog.LostRace(logger, typeof(TMessage).Name, races);
                await Task.Delay(Jitter(races), database.Time, context.CancellationToken);
            }
            catch (Exception exception) when (DatabaseFault.IsLostRace(exception) && !DatabaseFault.IsOfData(exception))
            {
                // A row that stays locked is not the message's fault either.
                throw new DatabaseAwayException($"Its rows have been locked for {races} attempts", exception);
            }
            catch (Exception exception) when (exception is not DatabaseAwayException && DatabaseFault.IsAway(exception))
            {
                if (database.Time.GetElapsedTime(started) > DatabaseGate.LongestWait)
                    throw new DatabaseAwayException(exception);
                database.Gate.Close(exception);
            }
            catch (OperationCanceledException exception) when (!context.CancellationToken.IsCancellationRequested)
            {
                // As a cancellation it would slip past the dead letters and be redelivered without end.
                var timeout = new DeliveryTimeoutException(typeof(TMessage).Name, exception);
                await FaultedAsync(timeout);
                throw timeout;
            }
            catch (Exception exception) when (exception is not (DatabaseAwayException or OperationCanceledException))
            {
                await FaultedAsync(exception);
                throw;
            }
        }

        // Whoever asked is told when nothing more is tried.
        Task FaultedAsync(Exception exception) =>
            context.NotifyFaulted(database.Time.GetElapsedTime(started), consumeOptions.ConsumerType, exception);
    }

    async Task OpenGateAsync(ConsumeContext<TMessage> context)
    {
        try
        {
            await database.Gate.WaitAsync(context.CancellationToken).WaitAsync(DatabaseGate.LongestWait, database.Time);
        }
        catch (TimeoutException exception)
        {
            throw new DatabaseAwayException(exception);
        }
    }

    /// <summary>Returns what is committed and to be sent.</summary>
    async Task<IReadOnlyList<OutgoingMessage>> AttemptAsync(
        ConsumeContext<TMessage> context,
        IPipe<ConsumeContext<TMessage>> next,
        bool alone
    )
    {
        var attempt = new DeliveryConsumeContext<TMessage>(context, consumeOptions, services, options, database.Time);
        using var session = new DeliverySession(attempt.Output, consumeOptions.ConsumerId, shared: !alone);
        // The same payload cache serves every attempt: the second must not see the first one's session.
        attempt.AddOrUpdatePayload(() => session, _ => session);
        // A saga's repository knows which rows it needs; it may also be that the saga's own pipe drops the message.
        if (saga)
            await next.Send(attempt);
        else
            await transactions.RunAsync(session, null, [], () => next.Send(attempt), context.CancellationToken);
        return session.Committed ? session.Output.Messages : [];
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("delivery").Add("consumerType", consumeOptions.ConsumerType);

#pragma warning disable CA5394 // Jitter needs no secrecy.
    static TimeSpan Jitter(int races) => TimeSpan.FromMilliseconds(Random.Shared.Next(1, 1 + Math.Min(200, 4 << Math.Min(races, 6))));
#pragma warning restore CA5394
}

/// <summary>A delivery ran out of time in a way that was not ours to cancel.</summary>
public sealed class DeliveryTimeoutException(string messageType, Exception inner)
    : Exception($"The delivery of {messageType} was cancelled from inside; it is not applied", inner);

internal static partial class DeliveryLog
{
    [LoggerMessage(3020, LogLevel.Debug, "A delivery of {MessageType} lost a race ({Races}) and starts again")]
    public static partial void LostRace(ILogger logger, string messageType, int races);

    [LoggerMessage(3021, LogLevel.Debug, "A delivery of {MessageType} shared a transaction that was not committed and starts again, alone")]
    public static partial void GroupBroken(ILogger logger, string messageType, Exception? cause);
}
