using System.Globalization;
using Loyalty.Messaging.Persistence.Interrupted;
using MassTransit;

namespace Loyalty.Messaging.Worker.Endpoints;

/// <summary>
/// A message that kills its process takes along all that is in hand there, and the broker counts each of them as delivered in vain.
/// So what has come back more than once is worked on one at a time in this process, after that is written down: the mark
/// that is found again is of the message that kills, which is given up long before the broker gives up its neighbours.
/// </summary>
internal sealed class InterruptedDeliveryFilter(InterruptedDeliveries deliveries, SemaphoreSlim alone) : IFilter<ConsumeContext>
{
    /// <summary>Deliveries in vain after which a message is worked on alone.</summary>
    const int Suspicious = 2;

    /// <summary>
    /// How often it may be begun alone. More than once: another that is not yet suspected may have been what killed.
    /// Together with <see cref="Suspicious"/> few: of the broker's twenty, several such messages one after the other use up the same.
    /// </summary>
    const int MostBegun = 4;

    public async Task Send(ConsumeContext context, IPipe<ConsumeContext> next)
    {
        if (DeliveredInVain(context.ReceiveContext) < Suspicious || context.MessageId is not { } id)
        {
            await next.Send(context);
            return;
        }
        var (queue, messageId) = (context.ReceiveContext.InputAddress.Segments[^1], id.ToString());
        await alone.WaitAsync(context.CancellationToken);
        try
        {
            var begun = await deliveries.BeginAsync(queue, messageId, context.CancellationToken);
            if (begun <= MostBegun)
                await next.Send(context);
            else
                throw new DeadlyMessageException(begun - 1);
        }
        finally
        {
            await deliveries.EndAsync(queue, messageId);
            alone.Release();
        }
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("interruptedDelivery");

    /// <summary>By the broker's count; what comes from within the process has none.</summary>
    static long DeliveredInVain(ReceiveContext context) =>
        context.TransportHeaders.TryGetHeader("x-delivery-count", out var count) ? Convert.ToInt64(count, CultureInfo.InvariantCulture) : 0;
}

/// <summary>Whoever works on this message does not survive it.</summary>
internal sealed class DeadlyMessageException(int times) : Exception(
    $"Workers have died or were ended {times} times while they worked on this message alone; it is not worked on any more. "
    + "Read the worker's log at that time, and replay it alone once its cause is mended");
