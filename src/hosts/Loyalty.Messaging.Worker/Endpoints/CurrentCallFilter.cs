using System.Diagnostics.Metrics;
using Loyalty.Messaging.RabbitMq.InProcess;
using Loyalty.Messaging.Sagas;
using Loyalty.Messaging.Sagas.Calls;
using MassTransit;

namespace Loyalty.Messaging.Worker.Endpoints;

/// <summary>
/// A call is made only if its saga waits for it. What comes straight from the commit, within this process, is known to be so; what came by
/// the broker may be old, a copy, or written by somebody else, and is compared with the committed row.
/// </summary>
internal sealed class CurrentCallFilter<TCall>(
    Func<ICurrentCalls, TCall, CancellationToken, Task<CallStanding>> standing,
    ICurrentCalls calls
) : IFilter<ConsumeContext<TCall>>
    where TCall : class
{
    static readonly Meter Meter = new(LoyaltyTelemetry.Name);
    static readonly Counter<long> Skipped = Meter.CreateCounter<long>(
        "loyalty.calls.skipped",
        "{call}",
        "Calls that were not made because their saga has its answer, has given them up, or has replaced them"
    );

    public async Task Send(ConsumeContext<TCall> context, IPipe<ConsumeContext<TCall>> next)
    {
        switch (context.IsInProcess() ? CallStanding.Current : await standing(calls, context.Message, context.CancellationToken))
        {
            case CallStanding.Current:
                await next.Send(context);
                break;
            case CallStanding.Over:
                Skipped.Add(1, new KeyValuePair<string, object?>("call", typeof(TCall).Name));
                // Dealt with: otherwise it would be given up as something that nobody here knows.
                await context.NotifyConsumed(context, TimeSpan.Zero, nameof(CurrentCallFilter<TCall>));
                break;
            default:
                throw new UnaskedCallException(typeof(TCall).Name);
        }
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("currentCall");
}

/// <summary>A call that no saga has asked for. Nothing is called.</summary>
internal sealed class UnaskedCallException(string call)
    : Exception(
        $"{call}: no order or refund has asked for this call in these words; it is not made. Find out who sent it: "
            + "only a worker may publish to this queue"
    );
