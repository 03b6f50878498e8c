using Loyalty.Messaging.Earning;
using Loyalty.Messaging.Sagas;
using Loyalty.Messaging.Sagas.Issuance;
using Loyalty.Messaging.Sagas.Reversal;
using Loyalty.Messaging.Store.Orders;
using MassTransit;
using MassTransit.SagaStateMachine;

namespace Loyalty.Messaging.Ops.Orders;

/// <summary>Which state leads to which, read out of the state machines that the workers run: what is drawn is what is done.</summary>
internal sealed class StateGraphs
{
    public StateGraphs(TimeProvider time)
    {
        // None of the terms decides which state follows on which.
        var terms = new SagaTerms
        {
            Rules = new EarnRules(),
            SponsorCode = "",
            Queues = new IssuerQueues(1),
            Time = time,
        };
        (Issuance, Reversal) = (Of(new IssuanceStateMachine(terms)), Of(new ReversalStateMachine(terms)));
    }

    public IReadOnlyList<StateStep> Issuance { get; }
    public IReadOnlyList<StateStep> Reversal { get; }

    public IReadOnlyList<StateStep> For(string kind) => kind == SagaKind.Issue ? Issuance : Reversal;

    static List<StateStep> Of<TSaga>(StateMachine<TSaga> machine)
        where TSaga : class, SagaStateMachineInstance
    {
        var visitor = new Visitor<TSaga>();
        machine.Accept(visitor);
        return
        [
            .. visitor
                .Steps.GroupBy(step => (step.From, step.To))
                .Select(group => new StateStep(group.Key.From, group.Key.To, [.. group.Select(step => step.Event).Distinct()])),
        ];
    }

    /// <summary>
    /// Walks through a machine. Its own graph will not do: there an event is one node, whatever state it comes in, and Retry would lead
    /// from every state to every other.
    /// </summary>
    sealed class Visitor<TSaga> : StateMachineVisitor
        where TSaga : class, SagaStateMachineInstance
    {
        string _state = "";
        string _event = "";

        public List<(string From, string To, string Event)> Steps { get; } = [];

        public void Visit(State state, Action<State>? next = null)
        {
            _state = state.Name;
            next?.Invoke(state);
        }

        public void Visit(Event @event, Action<Event>? next = null)
        {
            _event = @event.Name;
            next?.Invoke(@event);
        }

        public void Visit<TMessage>(Event<TMessage> @event, Action<Event<TMessage>>? next = null)
            where TMessage : class
        {
            _event = @event.Name;
            next?.Invoke(@event);
        }

        public void Visit(IStateMachineActivity activity) => Visit(activity, _ => { });

        public void Visit<T>(IBehavior<T> behavior)
            where T : class, SagaStateMachineInstance { }

        public void Visit<T>(IBehavior<T> behavior, Action<IBehavior<T>> next)
            where T : class, SagaStateMachineInstance => next(behavior);

        public void Visit<T, TMessage>(IBehavior<T, TMessage> behavior)
            where T : class, SagaStateMachineInstance
            where TMessage : class { }

        public void Visit<T, TMessage>(IBehavior<T, TMessage> behavior, Action<IBehavior<T, TMessage>> next)
            where T : class, SagaStateMachineInstance
            where TMessage : class => next(behavior);

        public void Visit(IStateMachineActivity activity, Action<IStateMachineActivity> next)
        {
            if (activity is TransitionActivity<TSaga> transition && transition.ToState.Name != _state)
                Steps.Add((_state, transition.ToState.Name, _event));
            next(activity);
        }
    }
}

/// <summary>A step that a machine can take, and the events by which it does.</summary>
internal sealed record StateStep(string From, string To, IReadOnlyList<string> Events);
