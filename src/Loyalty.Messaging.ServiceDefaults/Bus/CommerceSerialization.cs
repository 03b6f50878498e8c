using System.Net.Mime;
using MassTransit;
using MassTransit.Serialization;

namespace Loyalty.Messaging.ServiceDefaults.Bus;

internal static class CommerceSerialization
{
    /// <summary>Plain JSON is what a message without a content type is taken for.</summary>
    public static void UseCommerceEvents(this IBusFactoryConfigurator bus)
    {
        var raw = new SystemTextJsonRawMessageSerializer();
        bus.AddDeserializer(new Factory(new CommerceDeserializer(SystemTextJsonRawMessageSerializer.JsonContentType, raw)), isDefault: true);
        bus.AddDeserializer(new Factory(new CommerceDeserializer(new ContentType(CommerceDeserializer.CloudEvents), raw)));
        bus.AddDeserializer(new Factory(new CommerceDeserializer(SystemTextJsonMessageSerializer.JsonContentType, new SystemTextJsonMessageSerializer())));
    }

    sealed class Factory(CommerceDeserializer deserializer) : ISerializerFactory
    {
        public ContentType ContentType => deserializer.ContentType;

        public IMessageSerializer CreateSerializer() => throw new InvalidOperationException("The bus writes with MassTransit's own serializers");

        public IMessageDeserializer CreateDeserializer() => deserializer;
    }
}
