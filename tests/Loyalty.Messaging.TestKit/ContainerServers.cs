using System.Globalization;
using Docker.DotNet;
using Docker.DotNet.Models;
using DotNet.Testcontainers.Builders;
using DotNet.Testcontainers.Configurations;
using DotNet.Testcontainers.Containers;
using Npgsql;
using RabbitMQ.Client;
using Testcontainers.PostgreSql;
using Testcontainers.RabbitMq;

namespace Loyalty.Messaging.TestKit;

/// <summary>One RabbitMQ and one PostgreSQL in containers, which Testcontainers removes when the test run has ended.</summary>
sealed class ContainerServers : IServerControl, IAsyncDisposable
{
    const int AmqpPort = 5672;
    const int ManagementPort = 15672;
    const int PostgresPort = 5432;
    readonly RabbitMqContainer _rabbitMq;
    readonly PostgreSqlContainer _postgres;
    readonly IDockerClient _docker = TestcontainersSettings.OS.DockerEndpointAuthConfig.GetDockerClientBuilder(Guid.NewGuid()).Build();

    ContainerServers(RabbitMqContainer rabbitMq, PostgreSqlContainer postgres) => (_rabbitMq, _postgres) = (rabbitMq, postgres);

    public ServerAddresses Addresses =>
        new(
            _postgres.GetConnectionString(),
            [new Uri(_rabbitMq.GetConnectionString().TrimEnd('/'))],
            new Uri($"http://{_rabbitMq.Hostname}:{_rabbitMq.GetMappedPublicPort(ManagementPort)}")
        );

    /// <exception cref="DockerUnavailableException">No Docker daemon answers, or none that is new enough.</exception>
    public static async Task<ContainerServers> StartAsync()
    {
        var (user, password) = ("loyalty", Guid.NewGuid().ToString("N"));
        // Ports of the host that stay: Docker would choose others at the next start.
        var rabbitMq = new RabbitMqBuilder("rabbitmq:4-management")
            .WithUsername(user)
            .WithPassword(password)
            .WithPortBinding(Ports.Next(), AmqpPort)
            .WithPortBinding(Ports.Next(), ManagementPort)
            .Build();
        // As durable as PostgreSQL is by itself: Testcontainers' own defaults lose what was committed when it is killed.
        var postgres = new PostgreSqlBuilder("postgres:17")
            .WithUsername("postgres")
            .WithPassword(password)
            .WithDatabase("postgres")
            .WithPortBinding(Ports.Next(), PostgresPort)
            .WithCommand("-c", "fsync=on", "-c", "full_page_writes=on", "-c", "synchronous_commit=on")
            .WithCommand("-c", "max_connections=300", "-c", "shared_preload_libraries=pg_stat_statements")
            .Build();
        await Task.WhenAll(rabbitMq.StartAsync(), postgres.StartAsync());
        return new ContainerServers(rabbitMq, postgres);
    }

    public Task StopAsync(Server server, int? node) =>
        _docker.Containers.StopContainerAsync(Container(server, node).Id, new ContainerStopParameters { WaitBeforeKillSeconds = 60 });

    public Task KillAsync(Server server, int? node) =>
        _docker.Containers.KillContainerAsync(Container(server, node).Id, new ContainerKillParameters { Signal = "KILL" });

    public async Task StartAsync(Server server, int? node)
    {
        await _docker.Containers.StartContainerAsync(Container(server, node).Id, new ContainerStartParameters());
        await Eventually.TrueAsync(
            server == Server.RabbitMq ? RabbitMqAcceptsAsync : PostgresAcceptsAsync,
            $"{server} to accept connections",
            TimeSpan.FromSeconds(60)
        );
    }

    public async Task ControlRabbitMqAsync(params string[] arguments)
    {
        var result = await _rabbitMq.ExecAsync(["rabbitmqctl", .. arguments]);
        if (result.ExitCode != 0)
            throw new InvalidOperationException($"rabbitmqctl {string.Join(' ', arguments)} failed: {result.Stdout} {result.Stderr}");
    }

    public async ValueTask DisposeAsync()
    {
        await _rabbitMq.DisposeAsync();
        await _postgres.DisposeAsync();
        _docker.Dispose();
    }

    DockerContainer Container(Server server, int? node) =>
        node is null or 0
            ? server == Server.RabbitMq
                ? _rabbitMq
                : _postgres
            : throw new ArgumentOutOfRangeException(
                nameof(node),
                node.Value.ToString(CultureInfo.InvariantCulture),
                "A container is a single broker: ./dev test --servers cluster has three"
            );

    async Task<bool> RabbitMqAcceptsAsync()
    {
        await using var connection = await new ConnectionFactory { Uri = Addresses.Nodes[0] }.CreateConnectionAsync();
        return true;
    }

    async Task<bool> PostgresAcceptsAsync()
    {
        await using var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(Addresses.Postgres) { Pooling = false }.ConnectionString
        );
        await connection.OpenAsync();
        return true;
    }
}
