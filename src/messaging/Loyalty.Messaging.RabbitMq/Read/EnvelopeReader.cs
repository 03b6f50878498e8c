using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Nodes;
using MassTransit;
using MassTransit.Serialization;

namespace Loyalty.Messaging.RabbitMq.Read;

/// <summary>
/// Reads what our own processes send one another: the envelope in one pass, the message straight into its type. MassTransit's own reader
/// makes a tree of all of it first, which was a sixth of everything an order allocated; it still reads what is not written as MassTransit
/// writes it, and what has headers.
/// </summary>
internal static class EnvelopeReader
{
    /// <returns>Null when MassTransit has to read it.</returns>
    public static ConsumeContext? Read(ReceiveContext receiveContext, IMessageDeserializer massTransit) =>
        Shortcuts.EnvelopeReader && Envelope.Read(receiveContext.GetBody()) is { } envelope
            ? new BodyConsumeContext(
                receiveContext,
                new EnvelopeSerializerContext(
                    envelope,
                    () => massTransit.Deserialize(receiveContext.Body, receiveContext.TransportHeaders, receiveContext.InputAddress)
                )
            )
            : null;

    /// <param name="whole">MassTransit's own reading of the same message, for whoever wants to send it on as it is.</param>
    sealed class EnvelopeSerializerContext(Envelope envelope, Func<SerializerContext> whole)
        : BaseSerializerContext(SystemTextJsonMessageSerializer.Instance, envelope, envelope.MessageTypes)
    {
        public override bool IsSupportedMessageType<T>() => Array.IndexOf(SupportedMessageTypes, MessageUrn.ForTypeString<T>()) >= 0;

        public override bool IsSupportedMessageType(Type messageType) =>
            Array.IndexOf(SupportedMessageTypes, MessageUrn.ForTypeString(messageType)) >= 0;

        public override bool TryGetMessage<T>(out T? message)
            where T : class
        {
            if (typeof(T) == typeof(JsonObject))
                return whole().TryGetMessage(out message);
            message = IsSupportedMessageType<T>()
                ? JsonSerializer.Deserialize<T>(envelope.Message, SystemTextJsonMessageSerializer.Options)
                : null;
            return message is not null;
        }

        public override bool TryGetMessage(Type messageType, [NotNullWhen(true)] out object? message)
        {
            message = JsonSerializer.Deserialize(envelope.Message, messageType, SystemTextJsonMessageSerializer.Options);
            return message is not null;
        }

        public override IMessageSerializer GetMessageSerializer() => whole().GetMessageSerializer();

        public override IMessageSerializer GetMessageSerializer<T>(MessageEnvelope envelope, T message) =>
            whole().GetMessageSerializer(envelope, message);

        public override IMessageSerializer GetMessageSerializer(object message, string[] messageTypes) =>
            whole().GetMessageSerializer(message, messageTypes);

        public override Dictionary<string, object> ToDictionary<T>(T? message)
            where T : class => whole().ToDictionary(message);
    }
}
