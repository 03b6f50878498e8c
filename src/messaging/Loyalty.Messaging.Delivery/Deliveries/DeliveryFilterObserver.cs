using Loyalty.Messaging.Delivery.Database;
using Loyalty.Messaging.Delivery.Outbox;
using Loyalty.Messaging.Delivery.Sending;
using Loyalty.Messaging.Delivery.Transactions;
using Loyalty.Messaging.Sagas;
using MassTransit;
using MassTransit.Configuration;
using MassTransit.Middleware;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Loyalty.Messaging.Delivery.Deliveries;

/// <summary>Puts a <see cref="DeliveryFilter{TMessage}"/> before every saga and consumer of an endpoint.</summary>
internal sealed class DeliveryFilterObserver(
    DeliveryDatabase database,
    DeliveryTransactions transactions,
    IReceiveEndpointConfigurator endpoint,
    IServiceProvider services,
    bool groupCommit
) : IConsumerConfigurationObserver, ISagaConfigurationObserver
{
    public void ConsumerConfigured<TConsumer>(IConsumerConfigurator<TConsumer> configurator)
        where TConsumer : class { }

    public void ConsumerMessageConfigured<TConsumer, TMessage>(IConsumerMessageConfigurator<TConsumer, TMessage> configurator)
        where TConsumer : class
        where TMessage : class => Add<TConsumer, TMessage>((IConsumerMessageConfigurator<TMessage>)configurator, saga: false);

    public void SagaConfigured<TSaga>(ISagaConfigurator<TSaga> configurator)
        where TSaga : class, ISaga { }

    public void StateMachineSagaConfigured<TInstance>(ISagaConfigurator<TInstance> configurator, SagaStateMachine<TInstance> stateMachine)
        where TInstance : class, ISaga, SagaStateMachineInstance { }

    public void SagaMessageConfigured<TSaga, TMessage>(ISagaMessageConfigurator<TSaga, TMessage> configurator)
        where TSaga : class, ISaga
        where TMessage : class => Add<TSaga, TMessage>((ISagaMessageConfigurator<TMessage>)configurator, saga: true);

    void Add<T, TMessage>(IPipeConfigurator<ConsumeContext<TMessage>> pipe, bool saga)
        where T : class
        where TMessage : class
    {
        var consumeOptions = new OutboxConsumeOptions
        {
            ConsumerId = DeterministicId.Of("consumer", endpoint.InputAddress.Segments[^1], typeof(T).Name),
            ConsumerType = TypeCache<T>.ShortName,
        };
        pipe.AddPipeSpecification(
            new FilterPipeSpecification<ConsumeContext<TMessage>>(
                new DeliveryFilter<TMessage>(
                    database,
                    transactions,
                    new Lazy<OutboxDelivery>(services.GetRequiredService<OutboxDelivery>),
                    services.GetRequiredService<OutboxOptions>(),
                    consumeOptions,
                    services,
                    saga,
                    groupCommit,
                    services.GetRequiredService<ILoggerFactory>().CreateLogger<DeliveryFilterObserver>()
                )
            )
        );
    }
}
