using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.RabbitMq.Broker;
using Loyalty.Messaging.RabbitMq.Receive;
using Loyalty.Messaging.Worker.AmCash;
using MassTransit;

namespace Loyalty.Messaging.Worker.Endpoints;

/// <summary>
/// Questions that are answered at once, by whichever worker is free. No outbox and no retry: whoever asks waits, and asks again.
/// </summary>
internal static class AmCashEndpoints
{
    const int EchoPrefetch = 4;

    public static void Add(IBusFactoryConfigurator bus, IBusRegistrationContext context, RabbitMqOptions options)
    {
        bus.ReceiveEndpoint(
            WireNames.InquireBalance,
            endpoint =>
            {
                endpoint.UseRequestQueue(options.Prefetch);
                endpoint.ConfigureConsumer<InquireBalanceConsumer>(context);
            }
        );
        bus.ReceiveEndpoint(
            WireNames.Echo,
            endpoint =>
            {
                endpoint.UseRequestQueue(EchoPrefetch);
                endpoint.ConfigureConsumer<RunEchoConsumer>(context);
            }
        );
    }
}
