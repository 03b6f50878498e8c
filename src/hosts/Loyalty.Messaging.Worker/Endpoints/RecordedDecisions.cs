using System.Diagnostics.Metrics;
using Loyalty.Messaging.Sagas;
using Loyalty.Messaging.Sagas.Decisions;
using MassTransit;

namespace Loyalty.Messaging.Worker.Endpoints;

/// <summary>Puts a <see cref="RecordedDecisionFilter{T}"/> before every decision that a saga takes.</summary>
internal static class RecordedDecisions
{
    static readonly Meter Meter = new(LoyaltyTelemetry.Name);

    public static Counter<long> Refused { get; } =
        Meter.CreateCounter<long>("loyalty.decisions.refused", "{decision}", "Decisions that nobody has taken in ops in these words");

    /// <summary>
    /// For every decision that a saga of this endpoint takes. After the outbox: a database that is away is waited for there.
    /// </summary>
    public static void UseRecordedDecisions(this IReceiveEndpointConfigurator endpoint, IRegistrationContext context) =>
        endpoint.ConnectSagaConfigurationObserver(
            new Observer(
                context.GetRequiredService<IRecordedDecisions>(),
                context.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(RecordedDecisions))
            )
        );

    sealed class Observer(IRecordedDecisions decisions, ILogger logger) : ISagaConfigurationObserver
    {
        public void SagaConfigured<TSaga>(ISagaConfigurator<TSaga> configurator)
            where TSaga : class, ISaga { }

        public void StateMachineSagaConfigured<TInstance>(
            ISagaConfigurator<TInstance> configurator,
            SagaStateMachine<TInstance> stateMachine
        )
            where TInstance : class, ISaga, SagaStateMachineInstance { }

        public void SagaMessageConfigured<TSaga, TMessage>(ISagaMessageConfigurator<TSaga, TMessage> configurator)
            where TSaga : class, ISaga
            where TMessage : class
        {
            if (typeof(TMessage).IsAssignableTo(typeof(IDecision)))
                ((ISagaMessageConfigurator<TMessage>)configurator).UseFilter(new RecordedDecisionFilter<TMessage>(decisions, logger));
        }
    }
}
