using MassTransit;
using MassTransit.Transports;

namespace Loyalty.Messaging.RabbitMq.Lanes;

/// <summary>
/// Lets deliveries through while the lane is ours. What comes too late, or has not ended when it has to, is cancelled as if its channel
/// were gone: it is neither acknowledged nor refused, and its queue has it again when the endpoint has stopped. What came without the
/// broker goes to it.
/// </summary>
internal sealed class LaneFilter(Lane lane) : IFilter<ConsumeContext>
{
    public async Task Send(ConsumeContext context, IPipe<ConsumeContext> next)
    {
        var delivery =
            context.ReceiveContext as BaseReceiveContext
            ?? throw new InvalidOperationException("A delivery that cannot be cancelled has no place in a lane");
        if (!lane.TryEnter(delivery))
        {
            delivery.Cancel();
            delivery.CancellationToken.ThrowIfCancellationRequested();
        }
        try
        {
            await next.Send(context);
        }
        finally
        {
            lane.Leave(delivery);
        }
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("lane");
}
