using MassTransit;

namespace Loyalty.Messaging.Sagas;

internal static class Publishing
{
    /// <summary>Publishes an event under an id that follows from what it tells; the message carries the same id.</summary>
    public static EventActivityBinder<TSaga, T> PublishAs<TSaga, T, TEvent>(
        this EventActivityBinder<TSaga, T> binder,
        Func<BehaviorContext<TSaga, T>, Guid> eventId,
        Func<BehaviorContext<TSaga, T>, Guid, TEvent> create
    )
        where TSaga : class, SagaStateMachineInstance
        where T : class
        where TEvent : class =>
        binder.ThenAsync(context =>
        {
            var id = eventId(context);
            return context.Publish(create(context, id), publish => publish.MessageId = id);
        });
}
