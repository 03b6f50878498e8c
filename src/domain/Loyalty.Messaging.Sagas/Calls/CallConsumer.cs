using Loyalty.Messaging.AirMiles;
using MassTransit;

namespace Loyalty.Messaging.Sagas.Calls;

/// <summary>
/// Makes the call, with no transaction open, and tells the saga how it went. A redelivery makes the same call again: the same key, the same
/// bytes.
/// </summary>
/// <param name="saga">The queue of the saga that sent the command.</param>
public abstract class CallConsumer<TCommand, TConfirmed, TRejected, TUnresolved>(Uri saga) : IConsumer<TCommand>
    where TCommand : class
    where TConfirmed : CallConfirmed
    where TRejected : CallRejected
    where TUnresolved : CallUnresolved
{
    /// <inheritdoc/>
    public async Task Consume(ConsumeContext<TCommand> context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var command = context.Message;
        var call = CallOf(command) with { Waited = context.ReceiveContext.ElapsedTime };
        var result = await CallAsync(call, context.CancellationToken);
        result = result with { EffectUnknown = result.EffectUnknown || context.MayHaveBeenDelivered() };
        await (
            result.Outcome switch
            {
                CallOutcome.Accepted yes => context.Send(saga, Confirmed(command, yes, result)),
                CallOutcome.Rejected no => context.Send(saga, Rejected(command, no, result)),
                CallOutcome.Unresolved unknown => UnansweredAsync(new(unknown.Reason, unknown.RetryAfter)),
                CallOutcome.Postponed put => UnansweredAsync(new(put.Reason, Postponed: true)),
                _ => throw new InvalidOperationException($"The outcome {result.Outcome.GetType().Name} is not known here"),
            }
        );

        Task UnansweredAsync(Unanswered unanswered) => context.Send(saga, Unresolved(command, unanswered, result));
    }

    /// <summary>Key and bytes.</summary>
    protected abstract FrozenCall CallOf(TCommand command);

    /// <summary>Which of the issuer's calls it is.</summary>
    protected abstract Task<CallResult> CallAsync(FrozenCall call, CancellationToken cancellationToken);

    /// <summary>The saga's own message for a yes.</summary>
    protected abstract TConfirmed Confirmed(TCommand command, CallOutcome.Accepted yes, CallResult result);

    /// <summary>The saga's own message for a no.</summary>
    protected abstract TRejected Rejected(TCommand command, CallOutcome.Rejected no, CallResult result);

    /// <summary>The saga's own message for what is not known.</summary>
    protected abstract TUnresolved Unresolved(TCommand command, Unanswered unanswered, CallResult result);
}
