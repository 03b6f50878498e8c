using Loyalty.Messaging.Delivery.Database;
using Microsoft.Extensions.DependencyInjection;

namespace Loyalty.Messaging.Store.Lanes;

/// <summary>Holds deliveries back until something is known that they depend on.</summary>
public sealed class DeliveryHold(IServiceProvider services)
{
    public void Until(Task known) => services.GetService<DeliveryDatabase>()?.Gate.HoldUntil(known);
}
