using MassTransit;

namespace Loyalty.Messaging.Sagas;

/// <summary>A saga with one timer: the next durable try, the next check of what is pending, or the watch over what waits.</summary>
public interface IHasTimer
{
    /// <summary>The scheduled message that counts; every other that still arrives has been cancelled or replaced.</summary>
    Guid? TimerToken { get; set; }
    DateTimeOffset? TimerDueAt { get; set; }

    /// <summary>How often the timer has led to another try in this state.</summary>
    int Tries { get; set; }
}

internal static class TimerVerbs
{
    /// <summary>Sets the timer; one that was set before is cancelled in the same transaction.</summary>
    public static async Task SetTimerAsync<TSaga, TTimer>(this BehaviorContext<TSaga> context, Uri queue, DateTimeOffset due, TTimer timer)
        where TSaga : class, SagaStateMachineInstance, IHasTimer
        where TTimer : class
    {
        await context.ClearTimerAsync();
        var scheduled = await context.ScheduleSend(queue, due.UtcDateTime, timer, context.CancellationToken);
        (context.Saga.TimerToken, context.Saga.TimerDueAt) = (scheduled.TokenId, due);
    }

    static async Task ClearTimerAsync<TSaga>(this BehaviorContext<TSaga> context)
        where TSaga : class, SagaStateMachineInstance, IHasTimer
    {
        if (context.Saga.TimerToken is { } token)
            await context
                .GetPayload<MessageSchedulerContext>()
                .CancelScheduledSend(context.ReceiveContext.InputAddress, token, context.CancellationToken);
        (context.Saga.TimerToken, context.Saga.TimerDueAt) = (null, null);
    }

    public static EventActivityBinder<TSaga, T> ClearTimer<TSaga, T>(this EventActivityBinder<TSaga, T> binder)
        where TSaga : class, SagaStateMachineInstance, IHasTimer
        where T : class => binder.ThenAsync(context => context.ClearTimerAsync());

    public static EventActivityBinder<TSaga, T> StartTries<TSaga, T>(this EventActivityBinder<TSaga, T> binder)
        where TSaga : class, SagaStateMachineInstance, IHasTimer
        where T : class => binder.Then(context => context.Saga.Tries = 0);

    public static EventActivityBinder<TSaga, T> CountTry<TSaga, T>(this EventActivityBinder<TSaga, T> binder)
        where TSaga : class, SagaStateMachineInstance, IHasTimer
        where T : class => binder.Then(context => context.Saga.Tries++);

    /// <summary>Only the timer that is set: one that was cancelled while it was on its way is not.</summary>
    public static bool IsDue<TSaga, T>(BehaviorContext<TSaga, T> context)
        where TSaga : class, SagaStateMachineInstance, IHasTimer
        where T : class => context.Saga.TimerToken is { } token && context.GetSchedulingTokenId() == token;
}
