using MassTransit;

namespace Loyalty.Messaging.Delivery.Outbox;

/// <summary>A captured message: the row that is stored and what is needed to send it at once.</summary>
/// <param name="Captured">As it was about to be sent; null when it is no message of MassTransit's.</param>
internal sealed record OutgoingMessage(OutboxMessage Row, MessageMetadata Metadata, string TypeName, SendContext? Captured = null);

/// <summary>Turns what was about to be sent into a row: serialized once, here.</summary>
internal static class CapturedMessage
{
    /// <param name="dueIn">After this time anybody may send it; a delay that was asked for takes its place.</param>
    public static OutgoingMessage Of<T>(SendContext<T> context, DateTimeOffset now, TimeSpan dueIn)
        where T : class
    {
        // The serializer adds headers of its own: first the body, then the headers.
        var body = context.Serializer!.GetMessageBody(context).GetBytes();
        var delay = context.Delay is { } asked && asked > TimeSpan.Zero ? asked : (TimeSpan?)null;
        // The row waits, not the broker.
        context.Delay = null;
        var metadata = MessageMetadata.Of(context, now);
        return new OutgoingMessage(
            new OutboxMessage
            {
                // What can be cancelled is found by its token. Other ids ascend: the index grows at its end.
                Id =
                    delay is not null && Guid.TryParse(context.Headers.Get<string>(MessageHeaders.SchedulingTokenId), out var token)
                        ? token
                        : Guid.CreateVersion7(now),
                MessageId = context.MessageId!.Value,
                Destination = context.DestinationAddress!.ToString(),
                ContentType = context.ContentType!.MediaType,
                MessageType = string.Join(';', context.SupportedMessageTypes),
                Metadata = metadata.ToJson(),
                Body = body,
                CreatedAt = now,
                DueIn = delay ?? dueIn,
                Scheduled = delay is not null,
            },
            metadata,
            typeof(T).Name,
            context
        );
    }
}
