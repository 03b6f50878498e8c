namespace Loyalty.Messaging.Delivery.Transactions;

/// <summary>
/// Lets deliveries to one saga table that come at the same time share a transaction. Nobody is made to wait for company: while one
/// transaction is under way the others gather, and the next one takes all of them. At low load every delivery is alone.
/// </summary>
/// <param name="begin">Makes a transaction for these members.</param>
internal sealed class GroupCommit(Func<IReadOnlyList<DeliverySession>, DeliveryTransaction> begin)
{
    const int MostMembers = 128;

    /// <summary>Handlers take well under a millisecond. One that takes this long keeps the rows of all the others locked.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    readonly LinkedList<DeliverySession> _waiting = [];
    bool _running;

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
        if (!_running && TakeMembers() is { Count: > 0 } members)
        {
            _running = true;
            // It is nobody's in particular: not part of the trace of the delivery that happened to start it.
            ThreadPool.UnsafeQueueUserWorkItem(group => _ = RunAsync(group), members, preferLocal: false);
        }
    }

    /// <summary>In the order of their coming; of those that need the same row or carry the same message, the first.</summary>
    List<DeliverySession> TakeMembers()
    {
        var members = new List<DeliverySession>();
        var keys = new HashSet<Guid>();
        for (var node = _waiting.First; node is not null && members.Count < MostMembers; )
        {
            var next = node.Next;
            var member = node.Value;
            var first = !IsAmong(member, keys);
            if (first || member.Gone)
                _waiting.Remove(node);
            if (!member.Gone)
            {
                keys.Add(member.MessageId);
                keys.UnionWith(member.SagaIds);
                if (first)
                    members.Add(member);
            }
            node = next;
        }
        return members;
    }

    async Task RunAsync(List<DeliverySession> members)
    {
        try
        {
            await begin(members).RunAsync();
        }
        finally
        {
            // Whatever happened to these, the others must not wait for ever.
            lock (_waiting)
            {
                _running = false;
                Start();
            }
        }
    }

    static bool IsAmong(DeliverySession member, HashSet<Guid> keys) =>
        keys.Contains(member.MessageId) || Array.Exists(member.SagaIds, keys.Contains);
}
