using Loyalty.Messaging.Delivery.Database;
using Loyalty.Messaging.Sagas.Decisions;
using Npgsql;

namespace Loyalty.Messaging.Store.Decisions;

/// <summary>
/// Asks for the committed row. It was there before the message was sent and never changes: it need not be asked in the delivery's own
/// transaction.
/// </summary>
internal sealed class RecordedDecisions(DeliveryDatabase<LoyaltyDbContext> database) : IRecordedDecisions
{
    /// <summary>The statement is left alone when it is cancelled: for more, the server would have to answer.</summary>
    public Task<bool> HoldAsync(IDecision decision, CancellationToken cancellationToken) =>
        HoldAsync(decision).WaitAsync(cancellationToken);

    async Task<bool> HoldAsync(IDecision decision)
    {
        await using var connection = await database.Source.OpenConnectionAsync();
        await using var command = new NpgsqlCommand("SELECT content_hash FROM decision WHERE operation_id = $1", connection)
        {
            Parameters = { new NpgsqlParameter<Guid> { TypedValue = decision.OperationId } },
        };
        return await command.ExecuteScalarAsync() is byte[] recorded && recorded.AsSpan().SequenceEqual(DecisionHash.Of(decision));
    }
}
