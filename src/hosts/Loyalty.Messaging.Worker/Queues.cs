using Loyalty.Messaging.RabbitMq.Broker;
using Loyalty.Messaging.Worker.Endpoints;
using MassTransit;

namespace Loyalty.Messaging.Worker;

/// <summary>
/// The worker's queues, one by one, but for the issuer queues, which come and go with their lanes; nothing is found by scanning.
/// </summary>
internal static class Queues
{
    public static void Add(IBusFactoryConfigurator bus, IBusRegistrationContext context, RabbitMqOptions options)
    {
        SagaEndpoints.Add(bus, context, options);
        AmCashEndpoints.Add(bus, context, options);
    }
}
