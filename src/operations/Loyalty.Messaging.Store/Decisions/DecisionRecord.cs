using System.Data;
using Loyalty.Messaging.Sagas.Decisions;
using Loyalty.Messaging.Store.Audit;
using Microsoft.EntityFrameworkCore;

namespace Loyalty.Messaging.Store.Decisions;

/// <summary>
/// Where a decision is written down before it is sent: in one transaction with the audit, so that neither is without the other.
/// A worker takes no decision that is not here.
/// Rows are never changed and never deleted: a decision may be replayed as long as its dead letter is there.
/// </summary>
public sealed class DecisionRecord(LoyaltyDbContext context, AuditTrail audit)
{
    /// <returns>False when this operation is another decision already; then nothing is written.</returns>
    public async Task<bool> AddAsync(IDecision decision, AuditedAct act, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(decision);
        var hash = DecisionHash.Of(decision);
        await using var transaction = await context.Database.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
        var sequence = await audit.AppendAsync(act, cancellationToken);
        await context.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO decision (operation_id, content_hash, audit) VALUES ({decision.OperationId}, {hash}, {sequence})
            ON CONFLICT (operation_id) DO NOTHING
            """,
            cancellationToken
        );
        var recorded = await context
            .Database.SqlQuery<byte[]>($"SELECT content_hash AS \"Value\" FROM decision WHERE operation_id = {decision.OperationId}")
            .SingleAsync(cancellationToken);
        if (!recorded.AsSpan().SequenceEqual(hash))
            return false;
        await transaction.CommitAsync(cancellationToken);
        return true;
    }
}
