using Loyalty.Messaging.Delivery.Sending;
using Loyalty.Messaging.RabbitMq.Broker;
using Loyalty.Messaging.RabbitMq.Commerce;
using Loyalty.Messaging.RabbitMq.InProcess;
using Loyalty.Messaging.RabbitMq.Lanes;
using Loyalty.Messaging.RabbitMq.Publish;
using Loyalty.Messaging.RabbitMq.Read;
using Loyalty.Messaging.RabbitMq.Receive;
using Loyalty.Messaging.RabbitMq.Watch;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Loyalty.Messaging.RabbitMq;

/// <summary>The one place where the bus meets RabbitMQ.</summary>
public static class LoyaltyBus
{
    /// <param name="rooms">What the bus carries: sagas, consumers, outbox.</param>
    /// <param name="endpoints">The queues and their delivery policy; none for a host that only sends.</param>
    public static void AddLoyaltyBus(
        this IHostApplicationBuilder builder,
        Action<IBusRegistrationConfigurator>? rooms = null,
        Action<IBusFactoryConfigurator, IBusRegistrationContext, RabbitMqOptions>? endpoints = null
    )
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.AddOptions<RabbitMqOptions>().BindConfiguration(RabbitMqOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RabbitMqOptions>, RabbitMqOptions.Validation>());
        services.TryAddSingleton<TopologyStart>();
        services.AddHostedService(provider => provider.GetRequiredService<TopologyStart>());
        services.TryAddSingleton<PublishWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<PublishWatch>());
        services.AddHealthChecks().AddCheck<PublishWatch>("publishing", tags: ["ready"]);
        services.TryAddSingleton<DirectPublish>();
        services.TryAddSingleton<IOutboxTransport>(provider => provider.GetRequiredService<DirectPublish>());
        services.TryAddSingleton<InProcessQueues>();
        services.TryAddSingleton<IInProcessTransport>(provider => provider.GetRequiredService<InProcessQueues>());
        services.AddHealthChecks().AddCheck<TopologyStart>("topology", tags: ["ready"]);
        services.TryAddSingleton<SupervisedEnd>();
        services.TryAddSingleton<EndpointWatch>();
        services.TryAddSingleton(provider => new LaneEndpoints(
            provider.GetRequiredService<IReceiveEndpointConnector>(),
            provider.GetRequiredService<EndpointWatch>(),
            provider.GetRequiredService<Progress>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<IOptions<RabbitMqOptions>>().Value
        ));
        services.AddReceiveEndpointObserver(provider => provider.GetRequiredService<EndpointWatch>());
        services.AddHealthChecks().AddCheck<EndpointWatch>("queues", tags: ["ready"]);
        services.TryAddSingleton<Progress>();
        services.AddReceiveObserver<Progress>();
        services.AddHealthChecks().AddCheck<ProgressCheck>("progress", tags: ["live"]);
        services.Configure<MassTransitHostOptions>(options => options.StopTimeout = TimeSpan.FromSeconds(20));
        services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.ConfigureHealthCheckOptions(check =>
                check.MinimalFailureStatus = Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Unhealthy
            );
            rooms?.Invoke(bus);
            bus.UsingRabbitMq(
                (context, rabbit) =>
                {
                    var options = context.GetRequiredService<IOptions<RabbitMqOptions>>().Value;
                    var broker = options.Address;
                    rabbit.Host(
                        broker.First,
                        host =>
                        {
                            host.Heartbeat(BrokerConnection.Heartbeat);
                            host.RequestedConnectionTimeout(BrokerConnection.ConnectTimeout);
                            if (broker.IsEncrypted)
                                host.UseSsl();
                            // MassTransit's own list of nodes would ask each of them for the certificate of the first; and of a certificate
                            // it accepts an unknown issuer.
                            host.OnRefreshConnectionFactory = factory =>
                            {
                                factory.EndpointResolverFactory = _ => broker.Resolver();
                                return Task.CompletedTask;
                            };
                        }
                    );
                    // Where this process is answered: by a name that rights on the broker can be given for.
                    rabbit.OverrideDefaultBusEndpointQueueName($"loyalty-answers-{NewId.Next():N}");
                    rabbit.ConfigureJsonSerializerOptions(WireJson.Of);
                    rabbit.UseMessageReader();
                    rabbit.UseEventNames();
                    // A command that no queue takes is a fault; an event that nobody listens to is not.
                    rabbit.ConfigureSend(send => send.UseExecute(context => MandatoryMessages.Mark(context)));
                    rabbit.ConnectEndpointConfigurationObserver(context.GetRequiredService<EndpointWatch>());
                    endpoints?.Invoke(rabbit, context, options);
                }
            );
        });
        services.AddHostedService<ConsumerGauges>();
        // After the bus, so that it stops before it.
        services.AddHostedService(provider => provider.GetRequiredService<EndpointWatch>());
        services.AddHostedService<ProgressWatch>();
    }
}
