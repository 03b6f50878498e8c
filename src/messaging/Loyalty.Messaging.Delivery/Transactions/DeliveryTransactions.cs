using System.Collections.Concurrent;
using Loyalty.Messaging.Delivery.Database;
using Loyalty.Messaging.Delivery.Inbox;
using Loyalty.Messaging.Delivery.Journal;
using Loyalty.Messaging.Delivery.SagaRows;

namespace Loyalty.Messaging.Delivery.Transactions;

/// <summary>
/// Where every delivery begins and is committed: in a transaction of its own, or in one that it shares with those that come at the same time.
/// </summary>
internal sealed class DeliveryTransactions(DeliveryDatabase database, InboxTable inbox, JournalTable journal)
{
    readonly ConcurrentDictionary<ISagaTable, GroupCommit> _groups = new();

    /// <summary>
    /// The first round trip, the work, the second. When this returns, everything that the delivery changes is committed, and
    /// <see cref="DeliverySession.Committed"/> says so; of a duplicate nothing is done. When it throws, nothing is.
    /// </summary>
    /// <param name="table">Of the saga; null for a consumer.</param>
    /// <param name="sagaIds">The saga rows it needs.</param>
    public async Task RunAsync(
        DeliverySession session,
        ISagaTable? table,
        Guid[] sagaIds,
        Func<Task> work,
        CancellationToken cancellationToken
    )
    {
        Begin(session, table, sagaIds);
        if (!await session.EnteredAsync(cancellationToken))
            return;
        await work();
        await session.CommitAsync();
    }

    public void Begin(DeliverySession session, ISagaTable? table, Guid[] sagaIds)
    {
        session.SagaIds = sagaIds;
        if (session.Shared && table is not null)
            _groups.GetOrAdd(table, saga => new GroupCommit(members => Of(saga, members, GroupCommit.Patience))).Enter(session);
        else
            _ = Of(table, [session], patience: null).RunAsync();
    }

    DeliveryTransaction Of(ISagaTable? table, IReadOnlyList<DeliverySession> members, TimeSpan? patience) =>
        new(database, inbox, journal, table, members, patience);
}
