using Loyalty.Messaging.Delivery.Database;
using Loyalty.Messaging.Sagas;
using Loyalty.Messaging.Sagas.Issuance;
using Loyalty.Messaging.Sagas.Reversal;
using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Loyalty.Messaging.Store.Calls;

/// <summary>
/// Looks once a minute for calls that have had no answer for too long and have no timer, and tells their sagas. The saga decides: several
/// workers may look at once.
/// A call that only waits in a long queue is told of too: its second copy is over when its turn comes.
/// </summary>
internal sealed partial class LostCalls(DeliveryDatabase<LoyaltyDbContext> database, IBus bus, SagaTerms terms, ILogger<LostCalls> logger)
    : BackgroundService
{
    const int MostAtOnce = 500;
    static readonly TimeSpan LongestInterval = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var wait = terms.Timing.CallLostAfter;
        using var timer = new PeriodicTimer(wait / 4 < LongestInterval ? wait / 4 : LongestInterval, database.Time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await database.Gate.WaitAsync(stoppingToken);
                await TellAsync(
                    "issuance",
                    nameof(IssuanceStateMachine.Issuing),
                    "order_id",
                    IssuerQueues.IssuanceAddress,
                    (id, key) => new IssuanceCallLost { OrderId = id, IdempotencyKey = key },
                    stoppingToken
                );
                await TellAsync(
                    "reversal",
                    nameof(ReversalStateMachine.Reversing),
                    "refund_id",
                    IssuerQueues.ReversalAddress,
                    (id, key) => new ReversalCallLost { RefundId = id, IdempotencyKey = key },
                    stoppingToken
                );
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                if (DatabaseFault.IsAway(exception))
                    database.Gate.Close(exception);
                else
                    NotLooked(logger, exception.GetBaseException().Message);
            }
        }
    }

    async Task TellAsync<T>(
        string table,
        string state,
        string id,
        Uri queue,
        Func<string, Guid, T> message,
        CancellationToken cancellationToken
    )
        where T : class
    {
        var lost = new List<T>();
        await using (var connection = await database.Source.OpenConnectionAsync(cancellationToken))
        await using (
            var command = new NpgsqlCommand(
                $"""
                SELECT {id}, idempotency_key FROM {table}
                WHERE current_state = '{state}' AND state_since < now() - $1 AND updated_at < now() - $1 AND timer_due_at IS NULL
                ORDER BY state_since LIMIT {MostAtOnce}
                """,
                connection
            )
            {
                Parameters = { new() { Value = terms.Timing.CallLostAfter } },
            }
        )
        await using (var rows = await command.ExecuteReaderAsync(cancellationToken))
            while (await rows.ReadAsync(cancellationToken))
                lost.Add(message(rows.GetString(0), rows.GetGuid(1)));
        if (lost.Count == 0)
            return;
        Lost(logger, lost.Count, terms.Timing.CallLostAfter);
        var endpoint = await bus.GetSendEndpoint(queue);
        foreach (var each in lost)
            await endpoint.Send(each, cancellationToken);
    }

    [LoggerMessage(3050, LogLevel.Warning, "{Count} calls have had no answer for {Wait}: they are sent to their queues again")]
    static partial void Lost(ILogger logger, int count, TimeSpan wait);

    [LoggerMessage(3051, LogLevel.Warning, "The search for lost calls failed ({Cause}); trying again")]
    static partial void NotLooked(ILogger logger, string cause);
}
