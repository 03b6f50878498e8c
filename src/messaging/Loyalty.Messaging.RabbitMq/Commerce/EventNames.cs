using Loyalty.Messaging.Contracts;
using MassTransit;

namespace Loyalty.Messaging.RabbitMq.Commerce;

/// <summary>
/// What we publish goes out as plain JSON to the exchange of its name, so that a subscriber needs an AMQP client and nothing else.
/// </summary>
internal static class EventNames
{
    public static void UseEventNames(this IBusFactoryConfigurator bus)
    {
        Publish<MilesIssued>(bus);
        Publish<MilesIssuanceRejected>(bus);
        Publish<MilesIssuanceSuspended>(bus);
        Publish<MilesNotEarned>(bus);
        Publish<MilesReversed>(bus);
        Publish<MilesReversalRejected>(bus);
        Publish<MilesReversalSuspended>(bus);
        Publish<MilesReversalNotRequired>(bus);
    }

    static void Publish<T>(IBusFactoryConfigurator bus)
        where T : class
    {
        bus.Message<T>(message => message.SetEntityName(WireNames.Published[typeof(T)]));
        bus.Send<T>(send => send.UseSerializer("application/json"));
    }
}
