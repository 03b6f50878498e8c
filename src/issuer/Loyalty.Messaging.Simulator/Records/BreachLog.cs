namespace Loyalty.Messaging.Simulator.Records;

internal sealed class BreachLog(TimeProvider time, ILogger<BreachLog> logger)
{
    readonly Lock _gate = new();
    readonly List<Breach> _breaches = [];

    public void Add(string kind, string detail, string? clientTransactionId)
    {
        logger.Breach(kind, clientTransactionId, detail);
        var breach = new Breach(kind, detail, time.GetUtcNow(), clientTransactionId);
        lock (_gate)
            _breaches.Add(breach);
    }

    public IReadOnlyList<Breach> All()
    {
        lock (_gate)
            return [.. _breaches];
    }

    public void Clear()
    {
        lock (_gate)
            _breaches.Clear();
    }
}
