using System.Data.Common;
using System.Globalization;
using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.RabbitMq.Consume;
using Loyalty.Messaging.Sagas.Collectors;
using MassTransit;
using MassTransit.RabbitMqTransport;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Loyalty.Messaging.RabbitMq.DeadLetters;

/// <summary>
/// Puts what is given up into the dead letters as it came, with a bounded reason, confirmed, before the delivery is acknowledged.
/// When even that fails the delivery is not acknowledged, and comes again.
/// </summary>
internal sealed class DeadLetterFilter(TimeProvider time) : IFilter<ExceptionReceiveContext>, IFilter<ReceiveContext>
{
    const int LongestReason = 1024;
    const int LongestHeader = 256;
    const int MostHeaderBytes = 2048;
    static readonly TimeSpan ConfirmTimeout = TimeSpan.FromSeconds(5);

    public async Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
    {
        var cause = Cause(context.Exception);
        if (IsDatabaseAway(context.Exception) || IsBrokersFault(context.Exception))
            await GiveBackAsync(context);
        else
            await GiveUpAsync(
                context,
                cause is ContractViolationException ? DeadLetterHeaders.Invalid : DeadLetterHeaders.Failed,
                cause is ContractViolationException ? cause.Message : $"{cause.GetType().Name}: {cause.Message}",
                cause.GetType().FullName
            );
        // Marks the delivery as dealt with: otherwise it would be given up once more, as skipped.
        await context.NotifyFaulted(context.Exception);
        await next.Send(context);
    }

    public async Task Send(ReceiveContext context, IPipe<ReceiveContext> next)
    {
        await GiveUpAsync(context, DeadLetterHeaders.Skipped, "No consumer of this queue knows the message's type", null);
        await next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("dead-letters");

    /// <summary>
    /// As a new message at the end of its queue: one that is returned, the broker counts, and gives up on its own after some; an outage of
    /// hours would be enough for that.
    /// It says that it has been here before, and where it was published, as a replay does.
    /// </summary>
    Task GiveBackAsync(ReceiveContext context)
    {
        var (channel, delivery) = DeliveryOf(context);
        if (ConcurrentConsumer.IsInProcess(delivery.DeliveryTag))
            throw new InvalidOperationException(
                "The database or the broker has been away for too long; the message stays where it came from"
            );
        var properties = new BasicProperties(delivery.Properties) { Persistent = true };
        properties.Headers = new Dictionary<string, object?>(properties.Headers ?? new Dictionary<string, object?>());
        properties.Headers.TryAdd(
            DeadLetterHeaders.MessageId,
            delivery.Properties.MessageId is { Length: > 0 } id ? id : DeadLetterHeaders.NoMessageId
        );
        // By this an event is known: it has no envelope that says so.
        if (delivery.Exchange.Length > 0)
            properties.Headers.TryAdd(DeadLetterHeaders.Exchange, Cut(delivery.Exchange, LongestHeader));
        return PublishAsync(context, channel, "", context.InputAddress.Segments[^1], properties);
    }

    async Task GiveUpAsync(ReceiveContext context, string kind, string reason, string? exception)
    {
        var (channel, delivery) = DeliveryOf(context);
        var properties = new BasicProperties(delivery.Properties)
        {
            Persistent = true,
            Expiration = null,
            Headers = Bounded(delivery.Properties.Headers),
        };
        properties.Headers[DeadLetterHeaders.Kind] = kind;
        properties.Headers[DeadLetterHeaders.Reason] = Cut(CollectorMask.Of(reason), LongestReason);
        properties.Headers[DeadLetterHeaders.Endpoint] = context.InputAddress.Segments[^1];
        // A replay brings along where it was published first.
        properties.Headers.TryAdd(DeadLetterHeaders.Exchange, Cut(delivery.Exchange, LongestHeader));
        properties.Headers[DeadLetterHeaders.At] = time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture);
        if (exception is not null)
            properties.Headers[DeadLetterHeaders.Exception] = Cut(exception, LongestHeader);
        await PublishAsync(context, channel, WireNames.DeadLetters, "", properties);
    }

    async Task PublishAsync(ReceiveContext context, ChannelContext channel, string exchange, string routingKey, BasicProperties properties)
    {
        using var patience = new CancellationTokenSource(ConfirmTimeout, time);
        try
        {
            await channel.BasicPublishAsync(exchange, routingKey, true, properties, context.GetBody(), true, patience.Token);
        }
        catch (OperationCanceledException late)
        {
            throw new TimeoutException(
                $"The broker has not confirmed it within {ConfirmTimeout.TotalSeconds:0} s; the delivery comes again",
                late
            );
        }
    }

    static (ChannelContext Channel, RabbitMqBasicConsumeContext Delivery) DeliveryOf(ReceiveContext context)
    {
        if (!context.TryGetPayload(out ChannelContext? channel) || !context.TryGetPayload(out RabbitMqBasicConsumeContext? delivery))
            throw new InvalidOperationException("The delivery did not come from the broker");
        if (channel.Channel.IsClosed)
            throw new InvalidOperationException("The channel of the delivery is gone; the broker delivers it again");
        return (channel, delivery);
    }

    static bool IsDatabaseAway(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
            if (exception is DbException { IsTransient: true })
                return true;
        return false;
    }

    /// <summary>
    /// What the consumer sends has no confirm, or no connection: a call that was made is made again, with the same key. What no queue takes
    /// is no such fault.
    /// </summary>
    static bool IsBrokersFault(Exception? exception)
    {
        for (; exception is not null and not MessageReturnedException; exception = exception.InnerException)
            if (exception is ConnectionException or RabbitMQClientException)
                return true;
        return false;
    }

    /// <summary>The sender's headers as far as they fit: a frame has a limit, and beyond it the broker closes the connection.</summary>
    static Dictionary<string, object?> Bounded(IDictionary<string, object?>? headers)
    {
        var kept = new Dictionary<string, object?>();
        var left = MostHeaderBytes;
        foreach (var (key, value) in headers ?? new Dictionary<string, object?>())
        {
            var size =
                key.Length
                + value switch
                {
                    byte[] bytes => bytes.Length,
                    string text => text.Length,
                    null => 0,
                    IFormattable => 8,
                    _ => MostHeaderBytes,
                };
            if (key.Length <= LongestHeader && size <= left)
            {
                kept[key] = value;
                left -= size;
            }
        }
        return kept;
    }

    static Exception Cause(Exception exception)
    {
        while (exception is not ContractViolationException && exception.InnerException is { } inner)
            exception = inner;
        return exception;
    }

    static string Cut(string text, int most) => text.Length <= most ? text : text[..(most - 1)] + "…";
}
