using System.Text.Json;
using MassTransit;
using MassTransit.RabbitMqTransport;
using RabbitMQ.Client;

namespace Loyalty.Messaging.RabbitMq.Read;

/// <summary>
/// Answers go where the question says, to MassTransit's response address or to the <c>reply_to</c> of a plain AMQP client; never into our
/// own queues.
/// </summary>
public static class Replies
{
    /// <summary>What an address may say of the exchange it names: how it is declared, and nothing of others.</summary>
    static readonly HashSet<string> Harmless = new(["temporary", "durable", "autodelete", "type"], StringComparer.OrdinalIgnoreCase);

    // Not MassTransit's options: those write decimals as strings.
    static readonly JsonSerializerOptions Json = WireJson.Of(JsonSerializerOptions.Web);

    /// <summary>Whether anybody would hear an answer.</summary>
    public static bool CanBeAnswered(this ConsumeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.ResponseAddress is not null || ReplyTo(context) is not null;
    }

    /// <summary>
    /// Answers, if the question can be answered. To a plain client: plain JSON under its correlation id, the name of the answer as the AMQP
    /// type.
    /// </summary>
    public static async Task AnswerAsync<T>(this ConsumeContext context, T answer)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.ResponseAddress is not null)
            await context.RespondAsync(answer);
        else if (ReplyTo(context) is { } delivery && context.ReceiveContext.TryGetPayload(out ChannelContext? channel))
        {
            var properties = new BasicProperties { ContentType = "application/json", Type = typeof(T).Name };
            if (delivery.Properties.CorrelationId is { } correlationId)
                properties.CorrelationId = correlationId;
            // Not mandatory: the asker may have gone meanwhile.
            await channel.BasicPublishAsync(
                "",
                delivery.Properties.ReplyTo!,
                false,
                properties,
                JsonSerializer.SerializeToUtf8Bytes(answer, Json),
                false,
                context.CancellationToken
            );
        }
    }

    /// <summary>
    /// False when an answer there would be more than an answer: into one of our queues, or to an exchange that we would have to bind or to
    /// route for somebody else.
    /// </summary>
    internal static bool IsAskers(Uri? address) =>
        address is { Scheme: not ("queue" or "topic") }
        && IsAskers(address.AbsolutePath.Split('/')[^1])
        && address
            .Query.TrimStart('?')
            .Split('&', StringSplitOptions.RemoveEmptyEntries)
            .All(setting => Harmless.Contains(setting.Split('=')[0]));

    static RabbitMqBasicConsumeContext? ReplyTo(ConsumeContext context) =>
        context.ReceiveContext.TryGetPayload(out RabbitMqBasicConsumeContext? delivery)
        && delivery.Properties.ReplyTo is { } queue
        && IsAskers(queue)
            ? delivery
            : null;

    // Whoever asks may do less on the broker than we, who answer.
    static bool IsAskers(string name) =>
        !string.IsNullOrWhiteSpace(name)
        && !name.StartsWith("loyalty.", StringComparison.Ordinal)
        && !name.StartsWith("commerce.", StringComparison.Ordinal);
}
