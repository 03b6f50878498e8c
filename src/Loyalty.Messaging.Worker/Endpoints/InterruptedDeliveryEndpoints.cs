using Loyalty.Messaging.Persistence.Interrupted;
using MassTransit;

namespace Loyalty.Messaging.Worker.Endpoints;

/// <summary>Puts an <see cref="InterruptedDeliveryFilter"/> before all that an endpoint does.</summary>
internal static class InterruptedDeliveryEndpoints
{
    /// <summary>Of all endpoints of the process together.</summary>
    static readonly SemaphoreSlim Alone = new(1);

    /// <summary>Before the retries: what was given up here is not tried again.</summary>
    public static void UseInterruptedDeliveries(this IReceiveEndpointConfigurator endpoint, IRegistrationContext context) =>
        endpoint.UseFilter(new InterruptedDeliveryFilter(context.GetRequiredService<InterruptedDeliveries>(), Alone));
}
