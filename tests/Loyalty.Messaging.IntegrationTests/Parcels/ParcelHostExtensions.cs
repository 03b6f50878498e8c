using MassTransit;
using RabbitMQ.Client;
using Xunit;

namespace Loyalty.Messaging.IntegrationTests.Parcels;

internal static class ParcelHostExtensions
{
    public static IReadOnlyList<ConsumeContext<Deliver>> Received(this ParcelHost host) =>
        ((Received)host.Services.GetService(typeof(Received))!).All;

    public static IReadOnlyList<ConsumeContext<Deliver>> Received(this ParcelHost host, Guid parcelId) =>
        [.. host.Received().Where(deliver => deliver.Message.ParcelId == parcelId)];

    /// <summary>It came without the broker, which counts from 1.</summary>
    public static bool IsInProcess(this ConsumeContext<Deliver> deliver) =>
        deliver.TryGetPayload<RabbitMqBasicConsumeContext>(out var delivery) && delivery!.DeliveryTag > long.MaxValue;

    /// <summary>It has the headers and properties that the saga gave it, whichever way it came.</summary>
    public static void AssertAsSent(this ConsumeContext<Deliver> deliver)
    {
        Assert.Equal("käse & \"wine\"", deliver.Headers.Get<string>("X-Text"));
        Assert.Equal(42, deliver.Headers.Get<int>("X-Number", 0));
        Assert.True(deliver.TryGetPayload<RabbitMqBasicConsumeContext>(out var delivery));
        var properties = delivery!.Properties;
        Assert.Equal(5, properties.Priority);
        Assert.InRange(long.Parse(properties.Expiration!, null), 300_000, 420_000);
        Assert.Equal(deliver.MessageId.ToString(), properties.MessageId);
        Assert.Equal(DeliveryModes.Persistent, properties.DeliveryMode);
        Assert.Equal("application/vnd.masstransit+json", properties.ContentType);
    }
}
