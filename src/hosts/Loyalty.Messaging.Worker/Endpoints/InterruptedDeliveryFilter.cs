using Loyalty.Messaging.Store.Interrupted;
using MassTransit;

namespace Loyalty.Messaging.Worker.Endpoints;

/// <summary>
/// A message that kills its process takes along all that is in hand there. Older brokers count each of them as delivered in vain and give
/// them up together; from 4.3 on RabbitMQ counts none, and the processes die for ever. The start of a delivery is therefore written
/// down, except for the first of its message; what was begun several times and never ended is worked on one at a time in this process; and
/// what does not end even then is what kills. It is given up, and it alone.
/// </summary>
internal sealed class InterruptedDeliveryFilter(InterruptedDeliveries deliveries, SemaphoreSlim alone) : IFilter<ConsumeContext>
{
    /// <summary>Begun so often without an end, it may be what kills.</summary>
    const int Suspicious = 3;

    /// <summary>How often it may be begun alone. More than once: another that is not yet suspected may have been what killed.</summary>
    const int MostAlone = 3;

    public async Task Send(ConsumeContext context, IPipe<ConsumeContext> next)
    {
        if (!context.ReceiveContext.Redelivered || context.MessageId is not { } id)
        {
            await next.Send(context);
            return;
        }
        var (queue, messageId) = (context.ReceiveContext.InputAddress.Segments[^1], id.ToString());
        var begun = await deliveries.BeginAsync(queue, messageId, context.CancellationToken);
        try
        {
            if (begun < Suspicious)
                await next.Send(context);
            else
                await AloneAsync(context, next, queue, messageId);
        }
        finally
        {
            await deliveries.EndAsync(queue, messageId, context.CancellationToken);
        }
    }

    async Task AloneAsync(ConsumeContext context, IPipe<ConsumeContext> next, string queue, string messageId)
    {
        await alone.WaitAsync(context.CancellationToken);
        try
        {
            var times = await deliveries.BeginAloneAsync(queue, messageId, context.CancellationToken);
            if (times > MostAlone)
                throw new DeadlyMessageException(times - 1);
            await next.Send(context);
        }
        finally
        {
            alone.Release();
        }
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("interruptedDelivery");
}

/// <summary>Whoever works on this message does not survive it.</summary>
internal sealed class DeadlyMessageException(int times)
    : Exception(
        $"Workers have died or were ended {times} times while they worked on this message alone; it is not worked on any more. "
            + "Read the worker's log at that time, and replay it alone once the cause is fixed"
    );
