using MassTransit;

namespace Loyalty.Messaging.Delivery.Scheduling;

/// <summary>
/// Schedules by the outbox: a scheduled message is a row that is due later. It is committed with what it belongs to, survives every
/// restart, and its token is its row's id.
/// </summary>
/// <param name="endpoints">What is sent through these becomes rows.</param>
/// <param name="cancel">Removes the row with this token.</param>
internal sealed class OutboxScheduler(ISendEndpointProvider endpoints, TimeProvider time, Func<Guid, CancellationToken, Task> cancel)
    : IScheduleMessageProvider
{
    public async Task<ScheduledMessage<T>> ScheduleSend<T>(
        Uri destinationAddress,
        DateTime scheduledTime,
        T message,
        IPipe<SendContext<T>> pipe,
        CancellationToken cancellationToken
    )
        where T : class
    {
        var token = NewId.NextGuid();
        var endpoint = await endpoints.GetSendEndpoint(destinationAddress);
        await endpoint.Send(message, new Later<T>(pipe, token, scheduledTime.ToUniversalTime(), time), cancellationToken);
        return new Scheduled<T>(token, scheduledTime, destinationAddress, message);
    }

    public Task CancelScheduledSend(Guid tokenId, CancellationToken cancellationToken) => cancel(tokenId, cancellationToken);

    public Task CancelScheduledSend(Uri destinationAddress, Guid tokenId, CancellationToken cancellationToken) =>
        cancel(tokenId, cancellationToken);

    sealed class Later<T>(IPipe<SendContext<T>> pipe, Guid token, DateTime at, TimeProvider time) : IPipe<SendContext<T>>
        where T : class
    {
        public async Task Send(SendContext<T> context)
        {
            if (pipe.IsNotEmpty())
                await pipe.Send(context);
            context.Headers.Set(MessageHeaders.SchedulingTokenId, token.ToString("D"));
            var wait = at - time.GetUtcNow().UtcDateTime;
            context.Delay = wait > TimeSpan.Zero ? wait : TimeSpan.FromTicks(1);
        }

        public void Probe(ProbeContext context) => context.CreateFilterScope("later");
    }

    sealed record Scheduled<T>(Guid TokenId, DateTime ScheduledTime, Uri Destination, T Payload) : ScheduledMessage<T>
        where T : class;
}
