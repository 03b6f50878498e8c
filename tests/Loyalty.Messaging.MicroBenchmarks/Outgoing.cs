using BenchmarkDotNet.Attributes;
using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.Delivery.Outbox;
using MassTransit;
using MassTransit.Context;
using MassTransit.Serialization;

namespace Loyalty.Messaging.MicroBenchmarks;

/// <summary>A message on its way into the outbox and out of it.</summary>
public class Outgoing
{
    static readonly DateTimeOffset Now = new(2026, 11, 21, 15, 4, 5, TimeSpan.Zero);
    MessageMetadata _metadata = null!;
    string _json = "";

    [GlobalSetup]
    public void Start()
    {
        _metadata = MessageMetadata.Of(Context(), Now);
        _json = _metadata.ToJson();
    }

    [Benchmark]
    public object Capture() => CapturedMessage.Of(Context(), Now, TimeSpan.FromSeconds(10));

    [Benchmark]
    public string WriteMetadata() => _metadata.ToJson();

    [Benchmark]
    public object ReadMetadata() => MessageMetadata.Parse(_json);

    static MessageSendContext<MilesIssued> Context()
    {
        var context = new MessageSendContext<MilesIssued>(Samples.MilesIssued)
        {
            MessageId = Samples.MilesIssued.EventId,
            CorrelationId = Samples.MilesIssued.EventId,
            ConversationId = Samples.MilesIssued.EventId,
            InitiatorId = Samples.MilesIssued.EventId,
            SourceAddress = new Uri("rabbitmq://localhost/loyalty.issuance"),
            DestinationAddress = new Uri("rabbitmq://localhost/loyalty.miles-issued"),
            Serializer = SystemTextJsonMessageSerializer.Instance,
            SupportedMessageTypes = MessageTypeCache<MilesIssued>.MessageTypeNames,
        };
        context.Headers.Set("RabbitMQ-ExchangeName", "commerce.order-completed");
        context.Headers.Set("RabbitMQ-DeliveryTag", 77);
        return context;
    }
}
