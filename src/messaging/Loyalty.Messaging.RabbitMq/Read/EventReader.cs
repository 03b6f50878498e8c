using System.Net.Mime;
using System.Security.Cryptography;
using System.Text;
using Loyalty.Messaging.Contracts;
using MassTransit;
using MassTransit.Serialization;

namespace Loyalty.Messaging.RabbitMq.Read;

/// <summary>
/// Reads what commerce publishes: plain JSON, CloudEvents in both modes, MassTransit's envelope. Which event it is follows from the
/// exchange it came through; what it says is read by the contract's own reader.
/// </summary>
internal static class EventReader
{
    /// <param name="contentType">What the delivery is read as.</param>
    /// <exception cref="ContractViolationException">It breaks the contract.</exception>
    public static ConsumeContext Read(CommerceEventKind kind, ContentType contentType, ReceiveContext receiveContext)
    {
        var body = new ReadOnlyMemory<byte>(receiveContext.GetBody());
        var declared = new EventDeclaration(kind);
        declared.Parameter("The content type", DeclaredContentType(receiveContext));
        var (content, id) = contentType.MediaType switch
        {
            ContentTypes.Envelope => WrappedEvent.InEnvelope(kind.Name, body, declared),
            ContentTypes.CloudEvents => WrappedEvent.InCloudEvent(kind.Name, body, declared),
            _ when WrappedEvent.IsCloudEvent(kind.Name, body) => WrappedEvent.InCloudEvent(kind.Name, body, declared),
            _ => (body, null),
        };
        if (CloudEventHeader(receiveContext, "type") is { } type)
            declared.Types("cloudEvents:type", [type]);
        declared.Schema("cloudEvents:dataschema", CloudEventHeader(receiveContext, "dataschema"));
        declared.Agreed();
        var (message, eventId) = kind.Read(content, contentType.MediaType == ContentTypes.Envelope);
        id = TransportId(receiveContext) ?? eventId ?? id ?? CloudEventHeader(receiveContext, "id");
        var context = new SystemTextJsonSerializerContext(
            SystemTextJsonMessageSerializer.Instance,
            SystemTextJsonMessageSerializer.Options,
            contentType,
            new CommerceMessageContext(receiveContext, IdOf(id, content)),
            [kind.Urn],
            message: message
        );
        return new BodyConsumeContext(receiveContext, context);
    }

    /// <summary>What a replayed dead letter brings along is the publisher's; the transport's own is then the replay's.</summary>
    static string? TransportId(ReceiveContext context) =>
        context.TransportHeaders.Get<string>(DeadLetterHeaders.MessageId) is { } replayed
            ? replayed == DeadLetterHeaders.NoMessageId
                ? null
                : replayed
            : context.TransportHeaders.Get<string>(MessageHeaders.TransportMessageId) ?? context.TransportHeaders.Get<string>("MessageId");

    static string? DeclaredContentType(ReceiveContext context) =>
        context.TryGetPayload(out RabbitMqBasicConsumeContext? delivery) ? delivery.Properties.ContentType : null;

    static string? CloudEventHeader(ReceiveContext context, string name) =>
        context.TransportHeaders.Get<string>($"cloudEvents:{name}") ?? context.TransportHeaders.Get<string>($"cloudEvents_{name}");

    /// <summary>
    /// Of the publisher's id and the event's bytes together, so that the same delivery always has the same: a publisher that gives one id
    /// to two contents must not have the second one swallowed as a repetition.
    /// </summary>
    static Guid IdOf(string? id, ReadOnlyMemory<byte> content)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(id ?? ""));
        hash.AppendData([0]);
        hash.AppendData(content.Span);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        return new Guid(digest[..16]);
    }
}
