using System.Collections.Concurrent;
using Loyalty.Messaging.Delivery.Database;
using Loyalty.Messaging.Delivery.Inbox;
using Loyalty.Messaging.Delivery.Journal;
using Loyalty.Messaging.Delivery.SagaRows;

namespace Loyalty.Messaging.Delivery.Transactions;

/// <summary>
/// Where every delivery begins: in a transaction of its own, or in one that it shares with those that come at the same time.
/// </summary>
internal sealed class DeliveryTransactions(DeliveryDatabase database, InboxTable inbox, JournalTable journal)
{
    readonly ConcurrentDictionary<ISagaTable, GroupCommit> _groups = new();

    /// <summary>The first round trip. The second is <see cref="DeliverySession.CommitAsync"/>, when the work is done.</summary>
    /// <param name="table">Of the saga; null for a consumer.</param>
    /// <param name="sagaIds">The saga rows it needs.</param>
    /// <returns>False for a duplicate, of which nothing is to be done.</returns>
    public Task<bool> BeginAsync(DeliverySession session, ISagaTable? table, Guid[] sagaIds, CancellationToken cancellationToken)
    {
        session.SagaIds = sagaIds;
        if (session.Shared && table is not null)
            _groups.GetOrAdd(table, saga => new GroupCommit(members => Of(saga, members, GroupCommit.Patience))).Enter(session);
        else
            _ = Of(table, [session], patience: null).RunAsync();
        return session.EnteredAsync(cancellationToken);
    }

    DeliveryTransaction Of(ISagaTable? table, IReadOnlyList<DeliverySession> members, TimeSpan? patience) =>
        new(database, inbox, journal, table, members, patience);
}
