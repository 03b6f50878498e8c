using System.Text;
using DotNet.Testcontainers.Builders;
using Loyalty.Messaging.TestKit;
using Npgsql;
using RabbitMQ.Client;
using Xunit;

namespace Loyalty.Messaging.IntegrationTests.RabbitMq;

/// <summary>Where there is no <c>./dev test</c>, but Docker: the tests restart and kill these servers as they do private ones.</summary>
public sealed class When_the_servers_are_containers
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task They_keep_what_they_have_over_a_restart(bool gently)
    {
        await using var servers = await StartAsync();
        await RunAsync(servers, "CREATE TABLE kept (id int)");
        await PublishAsync(servers);
        await RunAsync(servers, "INSERT INTO kept VALUES (1)");

        await servers.RestartPostgresAsync(gently);
        await servers.RestartRabbitMqAsync(gently);

        Assert.Equal(1, await RunAsync(servers, "DELETE FROM kept"));
        Assert.Equal("kept", await ReceiveAsync(servers));
    }

    static async Task<Servers> StartAsync()
    {
        try
        {
            return await Servers.InContainersAsync();
        }
        catch (DockerUnavailableException unavailable)
        {
            Assert.Skip($"no Docker here: {unavailable.Message.Split('.', '\n')[0]}");
            throw;
        }
    }

    static async Task<int> RunAsync(Servers servers, string sql)
    {
        await using var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(servers.Postgres) { Pooling = false }.ConnectionString
        );
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteNonQueryAsync();
    }

    static async Task PublishAsync(Servers servers)
    {
        await using var connection = await new ConnectionFactory { Uri = servers.RabbitMq }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true)
        );
        await channel.QueueDeclareAsync(
            "kept",
            durable: true,
            exclusive: false,
            autoDelete: false,
            new Dictionary<string, object?> { ["x-queue-type"] = "quorum" }
        );
        await channel.BasicPublishAsync(
            "",
            "kept",
            mandatory: true,
            new BasicProperties { Persistent = true },
            Encoding.UTF8.GetBytes("kept")
        );
    }

    static async Task<string> ReceiveAsync(Servers servers)
    {
        await using var connection = await new ConnectionFactory { Uri = servers.RabbitMq }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        var message = await Eventually.SeeAsync(
            () => channel.BasicGetAsync("kept", autoAck: true),
            seen => seen is not null,
            "the message that was there before"
        );
        return Encoding.UTF8.GetString(message!.Body.Span);
    }
}
