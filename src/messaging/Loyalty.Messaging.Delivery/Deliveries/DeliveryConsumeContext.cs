using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.Delivery.Outbox;
using Loyalty.Messaging.Delivery.Scheduling;
using Loyalty.Messaging.Delivery.Transactions;
using Loyalty.Messaging.Sagas;
using MassTransit;
using MassTransit.Context;
using MassTransit.Middleware;
using MassTransit.Middleware.Outbox;
using MassTransit.Scheduling;

namespace Loyalty.Messaging.Delivery.Deliveries;

/// <summary>
/// Captures what a saga or consumer sends during one attempt at a delivery, serialized once; nothing leaves the process from here.
/// </summary>
internal sealed class DeliveryConsumeContext<TMessage> : OutboxConsumeContextProxy<TMessage>
    where TMessage : class
{
    const string DeadLetters = $"exchange:{WireNames.DeadLetters}";
    readonly OutboxOptions _options;
    readonly TimeProvider _time;

    public DeliveryConsumeContext(
        ConsumeContext<TMessage> context,
        OutboxConsumeOptions consumeOptions,
        IServiceProvider services,
        OutboxOptions options,
        TimeProvider time
    )
        : base(context, consumeOptions, services)
    {
        (_options, _time) = (options, time);
        Output = new DeliveryOutput(typeof(TMessage).Name, context.MessageId!.Value, context.ReceiveContext.Redelivered);
        // Not this context itself: MassTransit leaves an outbox by looking for one in what that has captured, and would find this for ever.
        var record = new Record(this);
        context.AddOrUpdatePayload<IDeliveryRecord>(() => record, _ => record);
        var scheduler = new ConsumeMessageSchedulerContext(
            this,
            consuming => new MessageScheduler(new OutboxScheduler(consuming, time, CancelAsync), consuming.GetPayload<IBusTopology>())
        );
        context.AddOrUpdatePayload<MessageSchedulerContext>(() => scheduler, _ => scheduler);
    }

    public DeliveryOutput Output { get; }

    public override Task AddSend<T>(SendContext<T> context)
    {
        Add(CapturedMessage.Of(context, _time.GetUtcNow(), _options.AgeLimit));
        return Task.CompletedTask;
    }

    Task CancelAsync(Guid token, CancellationToken cancellationToken)
    {
        lock (Output)
        {
            if (Output.Messages.RemoveAll(message => message.Row.Id == token) == 0)
                Output.Cancelled.Add(token);
        }
        return Task.CompletedTask;
    }

    void Note(object note)
    {
        lock (Output)
            Output.Notes.Add(note);
    }

    void DeadLetter(string reason)
    {
        var headers = CapturedContext.ReceiveContext.TransportHeaders;
        var metadata = new MessageMetadata
        {
            CorrelationId = CorrelationId,
            ConversationId = ConversationId,
            Headers = new Dictionary<string, object>
            {
                [DeadLetterHeaders.Reason] = reason,
                [DeadLetterHeaders.Kind] = DeadLetterHeaders.Conflict,
                [DeadLetterHeaders.Endpoint] = CapturedContext.ReceiveContext.InputAddress.AbsolutePath.Split('/')[^1],
                [DeadLetterHeaders.At] = _time.GetUtcNow().ToString("O"),
                [DeadLetterHeaders.MessageType] = typeof(TMessage).Name,
                [DeadLetterHeaders.MessageId] =
                    headers.Get<string>(DeadLetterHeaders.MessageId)
                    ?? headers.Get<string>(MessageHeaders.TransportMessageId)
                    ?? DeadLetterHeaders.NoMessageId,
            },
        };
        Add(
            new OutboxMessage
            {
                Id = Guid.CreateVersion7(_time.GetUtcNow()),
                // The sender's own id where it is one: the inbox may know the delivery under an id of ours.
                MessageId = Guid.TryParse(headers.Get<string>(MessageHeaders.TransportMessageId), out var sent) ? sent : MessageId!.Value,
                Destination = DeadLetters,
                ContentType = CapturedContext.ReceiveContext.ContentType?.MediaType ?? "application/json",
                MessageType = string.Join(';', SupportedMessageTypes),
                Body = CapturedContext.ReceiveContext.GetBody(),
                CreatedAt = _time.GetUtcNow(),
                DueIn = _options.AgeLimit,
            },
            metadata,
            "DeadLetter"
        );
    }

    void Add(OutboxMessage row, MessageMetadata metadata, string typeName)
    {
        row.Metadata = metadata.ToJson();
        Add(new OutgoingMessage(row, metadata, typeName));
    }

    void Add(OutgoingMessage message)
    {
        lock (Output)
        {
            if (Output.Closed)
                throw new InvalidOperationException(
                    $"A {message.TypeName} was sent after its delivery was committed; send it from the saga or the consumer"
                );
            Output.Messages.Add(message);
        }
    }

    /// <summary>An attempt that fails is no fault yet: the filter says so when no other follows.</summary>
    public override Task NotifyFaulted<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType, Exception exception) =>
        Task.CompletedTask;

    sealed class Record(DeliveryConsumeContext<TMessage> delivery) : IDeliveryRecord
    {
        public void Note(object note) => delivery.Note(note);

        public void DeadLetter(string reason) => delivery.DeadLetter(reason);
    }

    // The stages of core's own outbox loop. Our filter has one stage, so none of them is asked for.
    public override bool ContinueProcessing { get; set; }
    public override bool IsMessageConsumed => false;
    public override bool IsOutboxDelivered => false;
    public override int ReceiveCount => 1;
    public override long? LastSequenceNumber => null;

    public override Task SetConsumed() => Task.CompletedTask;

    public override Task SetDelivered() => Task.CompletedTask;

    public override Task<List<OutboxMessageContext>> LoadOutboxMessages() => Task.FromResult<List<OutboxMessageContext>>([]);

    public override Task NotifyOutboxMessageDelivered(OutboxMessageContext message) => Task.CompletedTask;

    public override Task RemoveOutboxMessages() => Task.CompletedTask;
}
