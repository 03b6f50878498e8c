using System.Diagnostics;
using System.Text.Json;
using Loyalty.Messaging.TestKit;
using RabbitMQ.Client;

namespace Loyalty.Messaging.Benchmarks.Load;

/// <summary>
/// Hears what is published about orders and refunds: a timestamp and a number each, nothing else, for it shares the machine with what is
/// measured.
/// </summary>
internal sealed class OutcomeListener : AsyncDefaultBasicConsumer
{
    Tally?[] _tallies = [];

    OutcomeListener(IChannel channel)
        : base(channel) { }

    /// <summary>Outcomes of orders that nobody published.</summary>
    public int Strangers { get; private set; }

    public static async Task<OutcomeListener> StartAsync(IConnection connection)
    {
        var channel = await connection.CreateChannelAsync();
        var queue = await channel.QueueDeclareAsync(exclusive: true);
        foreach (var exchange in LoyaltySystem.OutgoingExchanges)
        {
            await channel.ExchangeDeclareAsync(exchange, ExchangeType.Fanout, durable: true);
            await channel.QueueBindAsync(queue.QueueName, exchange, "");
        }
        var listener = new OutcomeListener(channel);
        await channel.BasicConsumeAsync(queue.QueueName, autoAck: true, listener);
        return listener;
    }

    /// <summary>Before anything of this series is published.</summary>
    public void Listen(int series, Tally tally)
    {
        var tallies = new Tally?[Math.Max(_tallies.Length, series + 1)];
        _tallies.CopyTo(tallies, 0);
        tallies[series] = tally;
        Volatile.Write(ref _tallies, tallies);
    }

    public override Task HandleBasicDeliverAsync(
        string consumerTag,
        ulong deliveryTag,
        bool redelivered,
        string exchange,
        string routingKey,
        IReadOnlyBasicProperties properties,
        ReadOnlyMemory<byte> body,
        CancellationToken cancellationToken = default
    )
    {
        var at = Stopwatch.GetTimestamp();
        var refund = exchange.StartsWith("loyalty.miles-rever", StringComparison.Ordinal);
        var tallies = Volatile.Read(ref _tallies);
        if (
            Id(body.Span, refund ? "refundId"u8 : "orderId"u8) is var (series, number)
            && series < tallies.Length
            && tallies[series] is { } tally
        )
            tally.Hear(refund, number, at, exchange is "loyalty.miles-issued" or "loyalty.miles-reversed");
        else
            Strangers++;
        return Task.CompletedTask;
    }

    static (int Series, int Number)? Id(ReadOnlySpan<byte> body, ReadOnlySpan<byte> name)
    {
        var json = new Utf8JsonReader(body);
        while (json.Read())
            if (json.TokenType == JsonTokenType.PropertyName && json.CurrentDepth == 1)
            {
                var found = json.ValueTextEquals(name);
                json.Read();
                if (found)
                    return OrderBodies.Read(json.ValueSpan);
                json.Skip();
            }
        return null;
    }
}
