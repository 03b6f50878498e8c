using System.Text.Json;
using MassTransit;
using MassTransit.RabbitMqTransport;
using RabbitMQ.Client;

namespace Loyalty.Messaging.ServiceDefaults.Bus;

/// <summary>Answers go where the question says: to MassTransit's response address, or to the <c>reply_to</c> of a plain AMQP client.</summary>
public static class Answering
{
    // Not MassTransit's options: those write decimals as strings.
    static readonly JsonSerializerOptions Json = WireJson.Of(JsonSerializerOptions.Web);

    /// <summary>Whether anybody would hear an answer.</summary>
    public static bool CanBeAnswered(this ConsumeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.ResponseAddress is not null || ReplyTo(context) is not null;
    }

    /// <summary>Answers, if the question can be answered. To a plain client: plain JSON under its correlation id, the name of the answer as the AMQP type.</summary>
    public static async Task AnswerAsync<T>(this ConsumeContext context, T answer) where T : class
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.ResponseAddress is not null)
            await context.RespondAsync(answer);
        else if (ReplyTo(context) is { } delivery && context.ReceiveContext.TryGetPayload(out ChannelContext? channel))
        {
            var properties = new BasicProperties { ContentType = "application/json", Type = typeof(T).Name };
            if (delivery.Properties.CorrelationId is { } correlationId)
                properties.CorrelationId = correlationId;
            // Not mandatory: who asked may have gone meanwhile.
            await channel.BasicPublishAsync("", delivery.Properties.ReplyTo!, false, properties, JsonSerializer.SerializeToUtf8Bytes(answer, Json), false, context.CancellationToken);
        }
    }

    static RabbitMqBasicConsumeContext? ReplyTo(ConsumeContext context) =>
        context.ReceiveContext.TryGetPayload(out RabbitMqBasicConsumeContext? delivery) && !string.IsNullOrWhiteSpace(delivery.Properties.ReplyTo) ? delivery : null;
}
