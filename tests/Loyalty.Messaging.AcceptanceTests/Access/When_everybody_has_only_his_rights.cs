using System.Net;
using System.Text;
using System.Text.Json;
using Loyalty.Messaging.AcceptanceTests.AmCash;
using Loyalty.Messaging.AcceptanceTests.DeadLetters;
using Loyalty.Messaging.TestKit;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.Access;

/// <summary>
/// Worker, ops and commerce as users of the broker with the permissions that are shipped: everything goes, and nobody gets any further.
/// </summary>
public sealed class When_everybody_has_only_his_rights : IAsyncLifetime
{
    const string Question = """{ "collectorNumber": "80085102028", "amount": 16.12, "cardEntryMode": "SCAN" }""";
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    readonly ShippedPermissions _permissions = new();
    LetterSystem _letters = null!;
    IConnection _commerce = null!;
    LoyaltySystem System => _letters.System;

    public async ValueTask InitializeAsync()
    {
        var ops = new Dictionary<string, string>();
        _letters = await LetterSystem.StartAsync(
            settings: ops,
            before: async system =>
            {
                await _permissions.ApplyAsync(system.Vhost);
                CashSystem.Configure(system);
                system.Settings["RabbitMq__Uri"] = _permissions.UriOf("worker", system.Vhost).ToString();
                ops["RabbitMq__Uri"] = _permissions.UriOf("ops", system.Vhost).ToString();
            }
        );
        _commerce = await ConnectAsync("commerce");
    }

    public async ValueTask DisposeAsync()
    {
        await _commerce.DisposeAsync();
        await _letters.DisposeAsync();
        // The virtual host is gone; users belong to the broker.
        await using var vhost = await TestVhost.CreateAsync();
        await _permissions.RemoveAsync(vhost);
    }

    [Fact]
    public async Task Orders_refunds_replays_decisions_and_inquiries_go_their_way()
    {
        await using var channel = await _commerce.CreateChannelAsync(new CreateChannelOptions(true, true));
        var heard = new List<string>();
        await channel.QueueDeclareAsync("commerce-outcomes", durable: true, exclusive: false, autoDelete: false);
        foreach (var exchange in LoyaltySystem.OutgoingExchanges)
            await channel.QueueBindAsync("commerce-outcomes", exchange, "");
        await ConsumeAsync(channel, "commerce-outcomes", (delivery, _) => heard.Add(delivery.Exchange));

        await PublishAsync(channel, "commerce.order-completed", Commerce.Order("RI-1"));
        await System.OrderIsAsync("RI-1", "Issued");
        await PublishAsync(channel, "commerce.order-refunded", Commerce.FullRefund("RI-1F", "RI-1"));
        await System.RefundIsAsync("RI-1F", "Reversed");
        await Eventually.SeeAsync(
            () => Task.FromResult(heard.ToList()),
            seen => seen.Contains("loyalty.miles-issued") && seen.Contains("loyalty.miles-reversed"),
            "what commerce is told"
        );

        await _letters.BreakAsync("RI-2");
        await PublishAsync(channel, "commerce.order-completed", Commerce.Order("RI-2"));
        await _letters.OpenAsync(1);
        await _letters.MendAsync();
        Assert.Equal(
            HttpStatusCode.Accepted,
            (await _letters.AskAsync("POST", "dead-letters/replays", new { all = true, reason = "mended" })).Status
        );
        await System.OrderIsAsync("RI-2", "Issued");

        await System.Issuer.FailAsync("I-RI-3", "before");
        await PublishAsync(channel, "commerce.order-completed", Commerce.Order("RI-3"));
        await System.OrderIsAsync("RI-3", "Suspended");
        Assert.Equal(
            HttpStatusCode.Accepted,
            (await _letters.AskAsync("POST", "orders/RI-3/retry", new { reason = "the issuer is back" })).Status
        );
        await System.OrderIsAsync("RI-3", "Issued");
        Assert.Equal(HttpStatusCode.OK, (await _letters.AskAsync("POST", "inquire", JsonDocument.Parse(Question).RootElement)).Status);
        Assert.Equal(HttpStatusCode.OK, (await _letters.AskAsync("POST", "echo", new { })).Status);

        // To a queue of the shop's own, and without any.
        await channel.QueueDeclareAsync("commerce-answers", durable: false, exclusive: true, autoDelete: true);
        foreach (var answers in (string[])["commerce-answers", "amq.rabbitmq.reply-to"])
        {
            var type = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
            await ConsumeAsync(channel, answers, (delivery, _) => type.TrySetResult(delivery.BasicProperties.Type));
            await channel.BasicPublishAsync(
                "loyalty.inquire-balance",
                "",
                mandatory: true,
                new BasicProperties { ReplyTo = answers, CorrelationId = "1" },
                Encoding.UTF8.GetBytes(Question)
            );
            Assert.Equal("BalanceInquired", await type.Task.WaitAsync(Patience, TestContext.Current.CancellationToken));
        }

        await System.QuietAsync();
        Assert.DoesNotContain(
            "ACCESS_REFUSED",
            string.Concat(System.Applications.Select(application => application.Output)),
            StringComparison.Ordinal
        );
        await Agreement.HoldsAsync(System);
    }

    [Fact]
    public async Task What_is_none_of_their_business_is_refused()
    {
        await using (var channel = await _commerce.CreateChannelAsync())
        {
            await channel.QueueDeclareAsync("commerce-own", durable: true, exclusive: false, autoDelete: false);
            await channel.ExchangeDeclareAsync("commerce-exchange", ExchangeType.Fanout);
        }
        foreach (
            var exchange in (string[])
                [
                    "loyalty.issuer-00",
                    "loyalty.issuance",
                    "loyalty.reversal",
                    "loyalty.dead-letters",
                    "loyalty.echo",
                    "loyalty.miles-issued",
                    "loyalty-answers-1",
                ]
        )
            await RefusedAsync(_commerce, $"publishing to {exchange}", channel => PublishAsync(channel, exchange, new { }));
        await RefusedAsync(
            _commerce,
            "publishing by way of the default exchange",
            channel => channel.BasicPublishAsync("", "loyalty.issuer-00", mandatory: true, new BasicProperties(), "{}"u8.ToArray()).AsTask()
        );
        foreach (
            var queue in (string[])
                [
                    "loyalty.issuer-00",
                    "loyalty.issuance",
                    "loyalty.reversal",
                    "loyalty.dead-letters",
                    "loyalty.inquire-balance",
                    "loyalty-answers-1",
                ]
        )
        {
            await RefusedAsync(_commerce, $"consuming {queue}", channel => ConsumeAsync(channel, queue, (_, _) => { }));
            await RefusedAsync(_commerce, $"purging {queue}", channel => channel.QueuePurgeAsync(queue));
            await RefusedAsync(_commerce, $"deleting {queue}", channel => channel.QueueDeleteAsync(queue));
        }
        foreach (
            var source in (string[])
                ["commerce.order-completed", "loyalty.issuance", "loyalty.issuer-00", "loyalty.dead-letters", "loyalty.inquire-balance"]
        )
            await RefusedAsync(_commerce, $"binding to {source}", channel => channel.QueueBindAsync("commerce-own", source, ""));
        await RefusedAsync(_commerce, "binding our queue", channel => channel.QueueBindAsync("loyalty.issuer-00", "commerce-exchange", ""));
        await RefusedAsync(
            _commerce,
            "binding our exchange",
            channel => channel.ExchangeBindAsync("loyalty.issuer-00", "commerce-exchange", "")
        );
        // What the broker would publish in the name of a queue or exchange.
        foreach (var exchange in (string[])["loyalty.issuer-00", ""])
            await RefusedAsync(
                _commerce,
                $"dead-lettering to '{exchange}'",
                channel =>
                    channel.QueueDeclareAsync(
                        "commerce-letters",
                        true,
                        false,
                        false,
                        new Dictionary<string, object?>
                        {
                            ["x-dead-letter-exchange"] = exchange,
                            ["x-dead-letter-routing-key"] = "loyalty.issuer-00",
                            ["x-message-ttl"] = 0,
                        }
                    )
            );
        await RefusedAsync(
            _commerce,
            "an alternate exchange",
            channel =>
                channel.ExchangeDeclareAsync(
                    "commerce-alternate",
                    ExchangeType.Direct,
                    arguments: new Dictionary<string, object?> { ["alternate-exchange"] = "loyalty.issuer-00" }
                )
        );

        await using var ops = await ConnectAsync("ops");
        foreach (var exchange in (string[])["loyalty.issuer-00", "loyalty.miles-issued", "commerce.order-completed"])
            await RefusedAsync(ops, $"ops publishing to {exchange}", channel => PublishAsync(channel, exchange, new { }));
        foreach (var queue in (string[])["loyalty.issuer-00", "loyalty.issuance"])
            await RefusedAsync(ops, $"ops consuming {queue}", channel => ConsumeAsync(channel, queue, (_, _) => { }));
        await using var worker = await ConnectAsync("worker");
        await RefusedAsync(worker, "a worker publishing an order", channel => PublishAsync(channel, "commerce.order-completed", new { }));
        Assert.Empty(System.DeadLetters.All);
    }

    /// <summary>
    /// A worker may do more than who asks it: where the answer goes must not be a way to have it publish, declare or bind for somebody
    /// else.
    /// </summary>
    [Theory]
    [InlineData("exchange:commerce-deputy?alternateexchange=loyalty.issuer-00", null)]
    [InlineData("exchange:commerce-deputy?bind=true&queue=loyalty.issuer-00", null)]
    [InlineData("queue:commerce-deputy", null)]
    [InlineData("exchange:loyalty.issuance", null)]
    [InlineData("not an address", null)]
    [InlineData(null, "loyalty.issuer-00")]
    public async Task A_worker_answers_to_whoever_asked_and_does_nothing_else_for_him(string? responseAddress, string? replyTo)
    {
        await using var channel = await _commerce.CreateChannelAsync(new CreateChannelOptions(true, true));
        var envelope = new
        {
            messageId = Guid.NewGuid(),
            requestId = Guid.NewGuid(),
            responseAddress,
            faultAddress = responseAddress,
            messageType = (string[])["urn:message:Loyalty.Messaging.Contracts:InquireBalance"],
            message = JsonDocument.Parse(Question).RootElement,
        };
        var properties = new BasicProperties
        {
            ContentType = responseAddress is null ? "application/json" : "application/vnd.masstransit+json",
        };
        if (replyTo is not null)
            properties.ReplyTo = replyTo;
        await channel.BasicPublishAsync(
            "loyalty.inquire-balance",
            "",
            mandatory: true,
            properties,
            responseAddress is null ? Encoding.UTF8.GetBytes(Question) : JsonSerializer.SerializeToUtf8Bytes(envelope)
        );

        var letter = Assert.Single(
            await Eventually.SeeAsync(() => Task.FromResult(System.DeadLetters.All), letters => letters.Count > 0, "a dead letter")
        );
        Assert.Equal("loyalty.inquire-balance", letter.Headers["loyalty-endpoint"]);
        Assert.DoesNotContain(
            (await System.Vhost.ExchangesAsync()).EnumerateArray(),
            exchange => exchange.GetProperty("name").GetString() == "commerce-deputy"
        );
    }

    Task<IConnection> ConnectAsync(string user) =>
        new ConnectionFactory
        {
            Uri = _permissions.UriOf(user, System.Vhost),
            ClientProvidedName = user,
            AutomaticRecoveryEnabled = false,
        }.CreateConnectionAsync();

    static async Task RefusedAsync(IConnection connection, string what, Func<IChannel, Task> act)
    {
        await using var channel = await connection.CreateChannelAsync();
        var closed = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        channel.ChannelShutdownAsync += (_, reason) =>
        {
            closed.TrySetResult(reason.ReplyCode);
            return Task.CompletedTask;
        };
        try
        {
            await act(channel);
        }
        catch (OperationInterruptedException)
        {
            // The code says why.
        }
        var code =
            await Task.WhenAny(closed.Task, Task.Delay(Patience, TimeProvider.System, TestContext.Current.CancellationToken)) == closed.Task
                ? await closed.Task
                : 0;
        Assert.True(code == Constants.AccessRefused, $"{what} is not refused ({code})");
    }

    static Task ConsumeAsync(IChannel channel, string queue, Action<BasicDeliverEventArgs, IChannel> take)
    {
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, delivery) =>
        {
            take(delivery, channel);
            return Task.CompletedTask;
        };
        return channel.BasicConsumeAsync(queue, autoAck: true, consumer);
    }

    static Task PublishAsync(IChannel channel, string exchange, object message) =>
        channel
            .BasicPublishAsync(
                exchange,
                "",
                mandatory: true,
                new BasicProperties { Persistent = true, ContentType = "application/json" },
                JsonSerializer.SerializeToUtf8Bytes(message)
            )
            .AsTask();
}
