using System.Collections.Concurrent;
using Loyalty.Messaging.Delivery.Database;
using Loyalty.Messaging.Delivery.Inbox;
using Loyalty.Messaging.Delivery.Journal;
using Loyalty.Messaging.Delivery.SagaRows;

namespace Loyalty.Messaging.Delivery.Transactions;

/// <summary>
/// Where every delivery begins and where it is committed: in a transaction of its own, or in one that it shares with those that come at the
/// same time.
/// </summary>
internal sealed class DeliveryTransactions(DeliveryDatabase database, InboxTable inbox, JournalTable journal)
{
    readonly ConcurrentDictionary<ISagaTable, GroupCommit> _groups = new();

    /// <summary>From BEGIN to COMMIT, in two round trips; between them the work is done, in memory.</summary>
    /// <param name="table">Of the saga; null for a consumer.</param>
    /// <param name="sagaIds">The saga rows it needs.</param>
    /// <param name="work">What the saga or consumer does once its rows are locked; of a duplicate nothing is done.</param>
    /// <exception cref="GroupBrokenException">The transaction was shared and was not committed for this delivery, which may not be to blame
    /// for it.</exception>
    public async Task RunAsync(
        DeliverySession session,
        ISagaTable? table,
        Guid[] sagaIds,
        Func<Task> work,
        CancellationToken cancellationToken
    )
    {
        session.SagaIds = sagaIds;
        if (session.Shared && table is not null)
            _groups.GetOrAdd(table, saga => new GroupCommit(members => Of(saga, members, GroupCommit.Patience))).Enter(session);
        else
            _ = Of(table, [session], patience: null).RunAsync();
        if (!await session.EnteredAsync(cancellationToken))
            return;
        await work();
        await session.CommitAsync(cancellationToken);
    }

    DeliveryTransaction Of(ISagaTable? table, IReadOnlyList<DeliverySession> members, TimeSpan? patience) =>
        new(database, inbox, journal, table, members, patience);
}
