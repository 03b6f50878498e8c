using Loyalty.Messaging.AirMiles;
using Loyalty.Messaging.RabbitMq.Broker;
using Loyalty.Messaging.Sagas;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Loyalty.Messaging.Worker.Lanes;

internal static class LanesRegistration
{
    /// <summary>After the bus.</summary>
    public static void AddLanes(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<LaneLease>();
        builder.Services.Replace(ServiceDescriptor.Singleton<IRequestPermit>(services => services.GetRequiredService<LaneLease>()));
        builder.Services.AddSingleton(services => new LaneQueues([
            .. new IssuerQueues(services.GetRequiredService<IOptions<RabbitMqOptions>>().Value.Partitions).Names,
        ]));
        builder.Services.AddSingleton<LaneCount>();
        builder.Services.AddHostedService(services => services.GetRequiredService<LaneCount>());
        builder.Services.AddHostedService<LaneKeeper>();
    }
}
