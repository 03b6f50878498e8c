using System.Net.Mime;
using Loyalty.Messaging.Contracts;
using MassTransit;
using MassTransit.Middleware;
using MassTransit.Serialization;

namespace Loyalty.Messaging.RabbitMq.Commerce;

/// <summary>
/// An event that no broker has brought: enough of a delivery to be read, and nothing that could be answered or acknowledged.
/// </summary>
internal sealed class UnsentEvent(string exchange, string? messageId, byte[] body) : BasePipeContext, ReceiveContext
{
    public Uri InputAddress { get; } = new("loopback://localhost/unsent");
    public Headers TransportHeaders { get; } =
        new DictionarySendHeaders(
            new Dictionary<string, object?>
            {
                [DeadLetterHeaders.Exchange] = exchange,
                [DeadLetterHeaders.MessageId] = messageId ?? DeadLetterHeaders.NoMessageId,
            }
        );
    public MessageBody Body { get; } = new BytesMessageBody(body);
    public ContentType ContentType => throw Unsent();
    public TimeSpan ElapsedTime => TimeSpan.Zero;
    public bool Redelivered => false;
    public Task ReceiveCompleted => Task.CompletedTask;
    public bool IsDelivered => false;
    public bool IsFaulted => false;
    public bool PublishFaults => false;

    // Read by whoever wraps a delivery, and used by whoever answers: nobody does here.
    public ISendEndpointProvider SendEndpointProvider => null!;
    public IPublishEndpointProvider PublishEndpointProvider => null!;

    public Task NotifyConsumed<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType)
        where T : class => throw Unsent();

    public Task NotifyFaulted<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType, Exception exception)
        where T : class => throw Unsent();

    public Task NotifyFaulted(Exception exception) => throw Unsent();

    public void AddReceiveTask(Task task) => throw Unsent();

    static NotSupportedException Unsent() => new("The event was not delivered");
}
