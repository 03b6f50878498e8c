using Loyalty.Messaging.Store.Interrupted;
using MassTransit;

namespace Loyalty.Messaging.Worker.Endpoints;

/// <summary>Puts an <see cref="InterruptedDeliveryFilter"/> before all that an endpoint does.</summary>
internal static class InterruptedDeliveryEndpoints
{
    /// <summary>Of all endpoints of the process together.</summary>
    static readonly SemaphoreSlim Alone = new(1);

    /// <summary>The retries are around it, wherever it is said: they have to ignore what it gives up.</summary>
    public static void UseInterruptedDeliveries(this IReceiveEndpointConfigurator endpoint, IRegistrationContext context) =>
        endpoint.UseFilter(new InterruptedDeliveryFilter(context.GetRequiredService<InterruptedDeliveries>(), Alone));
}
