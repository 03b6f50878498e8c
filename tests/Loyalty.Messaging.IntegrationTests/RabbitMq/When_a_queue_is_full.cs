using System.Collections.Concurrent;
using Loyalty.Messaging.IntegrationTests.Parcels;
using Loyalty.Messaging.RabbitMq.Receive;
using Loyalty.Messaging.TestKit;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using RabbitMQ.Client;
using Xunit;

namespace Loyalty.Messaging.IntegrationTests.RabbitMq;

/// <summary>The broker refuses what comes to it, until somebody makes room.</summary>
public sealed class When_a_queue_is_full
{
    const string Queue = "full";

    /// <summary>
    /// The bus sends again what the broker refuses, until it is told to stop. Whoever cleared the queue would find there what had been
    /// parked long before.
    /// </summary>
    [Fact]
    public async Task What_the_outbox_has_given_up_nobody_sends_any_more()
    {
        await using var host = await ParcelHost.StartAsync(outbox: options => options.MaxAttempts = 2);
        await using var connection = await host.Vhost.ConnectAsync();
        await using var channel = await FilledAsync(connection);
        var sends = new Sends();
        host.Bus.ConnectSendObserver(sends);

        await using (var scope = host.Services.CreateAsyncScope())
        {
            var endpoint = await scope
                .ServiceProvider.GetRequiredService<ISendEndpointProvider>()
                .GetSendEndpoint(new Uri($"exchange:{Queue}"));
            await endpoint.Send(new Deliver(NewId.NextGuid(), "refused"));
            await scope.ServiceProvider.GetRequiredService<ParcelDbContext>().SaveChangesAsync();
        }
        await Eventually.SeeAsync(
            () => host.Database.ScalarAsync<long>("SELECT count(*) FROM outbox WHERE parked_at IS NOT NULL"),
            parked => parked == 1,
            "the row to be parked"
        );

        Assert.InRange(sends.Begun, 2, int.MaxValue);
        await Eventually.SeeAsync(() => Task.FromResult(sends.GoingOn), count => count == 0, "every send to have been told to stop");
        Assert.Equal(1u, await channel.MessageCountAsync(Queue));
    }

    /// <summary>What a consumer sends of itself waits within its delivery: it is neither lost nor given up.</summary>
    [Fact]
    public async Task What_a_consumer_sends_waits_for_room()
    {
        await using var host = await ParcelHost.StartAsync();
        await using var connection = await host.Vhost.ConnectAsync();
        await using var channel = await FilledAsync(connection);
        var begun = new TaskCompletionSource();
        var handle = host
            .Services.GetRequiredService<IReceiveEndpointConnector>()
            .ConnectReceiveEndpoint(
                "answers",
                (_, endpoint) =>
                {
                    endpoint.UseWorkQueue(4);
                    endpoint.Handler<Notice>(async notice =>
                    {
                        begun.TrySetResult();
                        await notice.Send(new Uri($"exchange:{Queue}"), new Deliver(notice.Message.ParcelId, "answer"));
                    });
                }
            );
        await handle.Ready;
        await host.SendAsync(new Notice(NewId.NextGuid(), "question"), queue: "answers");
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        await channel.QueuePurgeAsync(Queue);
        await Eventually.SeeAsync(async () => await channel.MessageCountAsync(Queue), count => count == 1, "the answer in the queue");
        await Eventually.SeeAsync(
            host.Vhost.DepthsAsync,
            depths => depths["answers"] == 0 && depths["loyalty.dead-letters"] == 0,
            "the question to be done, and no dead letter"
        );
    }

    static async Task<IChannel> FilledAsync(IConnection connection)
    {
        var channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true)
        );
        await channel.ExchangeDeclareAsync(Queue, ExchangeType.Fanout, durable: true);
        await channel.QueueDeclareAsync(
            Queue,
            durable: true,
            exclusive: false,
            autoDelete: false,
            new Dictionary<string, object?> { ["x-max-length"] = 1, ["x-overflow"] = "reject-publish" }
        );
        await channel.QueueBindAsync(Queue, Queue, "");
        await channel.BasicPublishAsync("", Queue, mandatory: true, new BasicProperties(), "first"u8.ToArray());
        return channel;
    }

    /// <summary>Sends that would go on: nobody has told them to stop.</summary>
    sealed class Sends : ISendObserver
    {
        readonly ConcurrentBag<CancellationToken> _begun = [];

        public int Begun => _begun.Count;

        public int GoingOn => _begun.Count(token => !token.IsCancellationRequested);

        public Task PreSend<T>(SendContext<T> context)
            where T : class
        {
            _begun.Add(context.CancellationToken);
            return Task.CompletedTask;
        }

        public Task PostSend<T>(SendContext<T> context)
            where T : class => Task.CompletedTask;

        public Task SendFault<T>(SendContext<T> context, Exception exception)
            where T : class => Task.CompletedTask;
    }
}
