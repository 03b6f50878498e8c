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
    public async Task<bool> HoldAsync(IDecision decision, CancellationToken cancellationToken)
    {
        await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand("SELECT content_hash FROM decision WHERE operation_id = $1", connection)
        {
            Parameters = { new NpgsqlParameter<Guid> { TypedValue = decision.OperationId } },
        };
        return await command.ExecuteScalarAsync(cancellationToken) is byte[] recorded
            && recorded.AsSpan().SequenceEqual(DecisionHash.Of(decision));
    }
}
