using Loyalty.Messaging.RabbitMq.Lanes;
using Loyalty.Messaging.Sagas;

namespace Loyalty.Messaging.Worker.Endpoints;

/// <summary>The sagas' queues belong to every worker that reaches the database.</summary>
internal sealed class SagaLanes
{
    public Lane Issuance { get; } = new();
    public Lane Reversal { get; } = new();
    public (string Queue, Lane Lane)[] ByQueue => [(IssuerQueues.Issuance, Issuance), (IssuerQueues.Reversal, Reversal)];
}
