using System.Text.Json;
using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.IntegrationTests.Parcels;
using Loyalty.Messaging.TestKit;
using RabbitMQ.Client;
using Xunit;

namespace Loyalty.Messaging.IntegrationTests.RabbitMq;

/// <summary>Earlier versions and people with a console have a hand in it too.</summary>
public sealed class When_the_topology_is_not_ours_alone
{
    /// <summary>Its dead letters are worth more than its arguments.</summary>
    [Fact]
    public async Task A_queue_of_dead_letters_of_an_earlier_version_serves_until_it_is_deleted_and_then_is_one_of_ours()
    {
        await using var host = await ParcelHost.StartAsync(start: false);
        await using var connection = await host.Vhost.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync(cancellationToken: TestContext.Current.CancellationToken);
        await channel.QueueDeclareAsync(
            WireNames.DeadLetters,
            durable: true,
            exclusive: false,
            autoDelete: false,
            new Dictionary<string, object?> { ["x-queue-type"] = "quorum" },
            cancellationToken: TestContext.Current.CancellationToken
        );
        await host.StartAsync();
        await Eventually.SeeAsync(
            host.Vhost.ExchangesAsync,
            exchanges => exchanges.EnumerateArray().Any(exchange => Name(exchange) == WireNames.OrderCompleted),
            "the topology"
        );
        Assert.Null(await LimitAsync(host.Vhost));

        await channel.QueueDeleteAsync(WireNames.DeadLetters, cancellationToken: TestContext.Current.CancellationToken);
        await Eventually.SeeAsync(() => LimitAsync(host.Vhost), limit => limit == int.MaxValue, "a queue from which nothing is dropped");
    }

    [Fact]
    public async Task What_somebody_deletes_is_there_again()
    {
        await using var host = await ParcelHost.StartAsync();
        await using var connection = await host.Vhost.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync(cancellationToken: TestContext.Current.CancellationToken);
        await channel.ExchangeDeleteAsync("loyalty.miles-issued", cancellationToken: TestContext.Current.CancellationToken);
        await Eventually.SeeAsync(
            host.Vhost.ExchangesAsync,
            exchanges => exchanges.EnumerateArray().Any(exchange => Name(exchange) == "loyalty.miles-issued"),
            "the exchange of an outcome"
        );
    }

    static string? Name(JsonElement named) => named.GetProperty("name").GetString();

    static async Task<long?> LimitAsync(TestVhost vhost) =>
        (await vhost.QueuesAsync()).EnumerateArray().FirstOrDefault(queue => Name(queue) == WireNames.DeadLetters)
            is { ValueKind: JsonValueKind.Object } found
        && found.GetProperty("arguments").TryGetProperty("x-delivery-limit", out var limit)
            ? limit.GetInt64()
            : null;
}
