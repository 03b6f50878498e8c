using System.Net.Mime;
using System.Text;
using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.Sagas;
using MassTransit;
using MassTransit.Context;

namespace Loyalty.Messaging.Delivery.Outbox;

/// <summary>
/// Sends a stored message as it was: the same id, headers and properties, and the stored bytes without a second serialisation.
/// </summary>
/// <param name="copy">Somebody may have it, or have had it: a process that had it in hand may have died with it.</param>
internal sealed class StoredMessage(OutboxMessage row, MessageMetadata metadata, TimeProvider time, bool copy)
    : IPipe<SendContext>,
        IMessageSerializer,
        MessageBody
{
    ContentType IMessageSerializer.ContentType { get; } = new(row.ContentType);

    long? MessageBody.Length => row.Body.Length;

    public Task Send(SendContext context)
    {
        context.MessageId = row.MessageId;
        context.CorrelationId = metadata.CorrelationId;
        context.ConversationId = metadata.ConversationId;
        context.InitiatorId = metadata.InitiatorId;
        context.RequestId = metadata.RequestId;
        context.SourceAddress = AddressOf(metadata.SourceAddress);
        context.ResponseAddress = AddressOf(metadata.ResponseAddress);
        context.FaultAddress = AddressOf(metadata.FaultAddress);
        context.SupportedMessageTypes = row.MessageType.Length == 0 ? [] : row.MessageType.Split(';');
        if (metadata.ExpiresAt is { } expires)
            context.TimeToLive = TimeSpan.FromTicks(Math.Max(TimeSpan.TicksPerMillisecond, (expires - time.GetUtcNow()).Ticks));
        foreach (var (key, value) in metadata.Headers ?? [])
            context.Headers.Set(key, value);
        // What is not in an envelope is for others, and none of our business is on it.
        if (copy && row.ContentType == ContentTypes.Envelope)
            context.Headers.Set(EarlierDeliveries.Header, EarlierDeliveries.Copy);
        if (metadata.Properties is { Count: > 0 } properties && context is TransportSendContext transport)
            transport.ReadPropertiesFrom(properties);
        context.Serializer = this;
        return Task.CompletedTask;
    }

    MessageBody IMessageSerializer.GetMessageBody<T>(SendContext<T> context) => this;

    Stream MessageBody.GetStream() => new MemoryStream(row.Body, writable: false);

    byte[] MessageBody.GetBytes() => row.Body;

    string MessageBody.GetString() => Encoding.UTF8.GetString(row.Body);

    void IProbeSite.Probe(ProbeContext context) => context.CreateFilterScope("stored-message");

    static Uri? AddressOf(string? address) => address is null ? null : new Uri(address);
}
