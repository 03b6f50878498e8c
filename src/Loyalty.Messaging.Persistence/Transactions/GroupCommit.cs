using Loyalty.Messaging.Persistence.SagaRepository;

namespace Loyalty.Messaging.Persistence.Transactions;

/// <summary>
/// Lets deliveries to one saga table that come at the same time share a transaction. Nobody is made to wait for company: while a few transactions are
/// under way the others gather, and the next one takes all of them. At low load every delivery is alone.
/// </summary>
internal sealed class GroupCommit(DeliveryDatabase database, ISagaTable table)
{
    const int MostMembers = 64;

    /// <summary>Two: one works while the other waits for the disk. More would only make the groups smaller.</summary>
    const int MostAtOnce = 2;

    /// <summary>Handlers take well under a millisecond. One that takes this long keeps the rows of all the others locked.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    readonly LinkedList<DeliverySession> _waiting = [];
    readonly HashSet<Guid> _busy = [];
    int _running;

    public void Enter(DeliverySession member)
    {
        lock (_waiting)
        {
            _waiting.AddLast(member);
            Start();
        }
    }

    void Start()
    {
        while (_running < MostAtOnce && TakeMembers() is { Count: > 0 } members)
        {
            _running++;
            // It is nobody's in particular: not part of the trace of the delivery that happened to start it.
            ThreadPool.UnsafeQueueUserWorkItem(group => _ = RunAsync(group), members, preferLocal: false);
        }
    }

    /// <summary>In the order of their coming; who needs a row or carries a message that is being dealt with stays, and so does who comes after it for the same.</summary>
    List<DeliverySession> TakeMembers()
    {
        var members = new List<DeliverySession>();
        var passedOver = new HashSet<Guid>();
        for (var node = _waiting.First; node is not null && members.Count < MostMembers;)
        {
            var next = node.Next;
            var member = node.Value;
            if (member.Gone)
                _waiting.Remove(node);
            else if (Keys(member).Any(key => _busy.Contains(key) || passedOver.Contains(key)))
                passedOver.UnionWith(Keys(member));
            else
            {
                _busy.UnionWith(Keys(member));
                _waiting.Remove(node);
                members.Add(member);
            }
            node = next;
        }
        return members;
    }

    async Task RunAsync(List<DeliverySession> members)
    {
        await new DeliveryTransaction(database, table, members, Patience).RunAsync();
        lock (_waiting)
        {
            foreach (var member in members)
                _busy.ExceptWith(Keys(member));
            _running--;
            Start();
        }
    }

    static IEnumerable<Guid> Keys(DeliverySession member) => member.SagaIds.Append(member.MessageId);
}
