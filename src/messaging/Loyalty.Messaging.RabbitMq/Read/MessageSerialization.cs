using System.Net.Mime;
using Loyalty.Messaging.Contracts;
using MassTransit;
using MassTransit.Serialization;

namespace Loyalty.Messaging.RabbitMq.Read;

internal static class MessageSerialization
{
    /// <summary>Plain JSON is what a message without a content type is taken for, and what our own events are written as.</summary>
    public static void UseMessageReader(this IBusFactoryConfigurator bus)
    {
        var raw = new SystemTextJsonRawMessageSerializer();
        // Written without MassTransit's headers: they would carry this machine's name and our queues to every subscriber.
        var bare = new SystemTextJsonRawMessageSerializer(RawSerializerOptions.AnyMessageType);
        var plain = new Factory(new MessageReader(SystemTextJsonRawMessageSerializer.JsonContentType, raw), bare);
        bus.AddSerializer(plain, isSerializer: false);
        bus.AddDeserializer(plain, isDefault: true);
        bus.AddDeserializer(new Factory(new MessageReader(new ContentType(ContentTypes.CloudEvents), raw), raw));
        var envelope = new MessageReader(SystemTextJsonMessageSerializer.JsonContentType, new SystemTextJsonMessageSerializer());
        bus.AddDeserializer(new Factory(envelope, raw));
    }

    sealed class Factory(MessageReader reader, IMessageSerializer serializer) : ISerializerFactory
    {
        public ContentType ContentType => reader.ContentType;

        public IMessageSerializer CreateSerializer() => serializer;

        public IMessageDeserializer CreateDeserializer() => reader;
    }
}
