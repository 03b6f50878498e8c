using System.Net.Mime;
using Loyalty.Messaging.RabbitMq.Read;
using MassTransit;
using MassTransit.Serialization;

namespace Loyalty.Messaging.RabbitMq.Commerce;

internal static class CommerceSerialization
{
    /// <summary>Plain JSON is what a message without a content type is taken for, and what our own events are written as.</summary>
    public static void UseCommerceEvents(this IBusFactoryConfigurator bus)
    {
        var raw = new SystemTextJsonRawMessageSerializer();
        // Written without MassTransit's headers: they would carry this machine's name and our queues to every subscriber.
        var bare = new SystemTextJsonRawMessageSerializer(RawSerializerOptions.AnyMessageType);
        var plain = new Factory(new CommerceDeserializer(SystemTextJsonRawMessageSerializer.JsonContentType, raw), bare);
        bus.AddSerializer(plain, isSerializer: false);
        bus.AddDeserializer(plain, isDefault: true);
        bus.AddDeserializer(new Factory(new CommerceDeserializer(new ContentType(CommerceDeserializer.CloudEvents), raw), raw));
        bus.AddDeserializer(
            new Factory(
                new CommerceDeserializer(
                    SystemTextJsonMessageSerializer.JsonContentType,
                    new EnvelopeDeserializer(new SystemTextJsonMessageSerializer())
                ),
                raw
            )
        );
    }

    sealed class Factory(CommerceDeserializer commerce, IMessageSerializer serializer) : ISerializerFactory
    {
        readonly InquiryDeserializer _deserializer = new(commerce);

        public ContentType ContentType => commerce.ContentType;

        public IMessageSerializer CreateSerializer() => serializer;

        public IMessageDeserializer CreateDeserializer() => _deserializer;
    }
}
