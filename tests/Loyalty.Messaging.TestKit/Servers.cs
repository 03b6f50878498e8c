using DotNet.Testcontainers.Builders;

namespace Loyalty.Messaging.TestKit;

/// <summary>
/// The real PostgreSQL and RabbitMQ of a test run: those of the environment, as <c>./dev test</c> sets it; else containers, where a Docker
/// daemon answers; else private ones that <c>./dev servers</c> starts.
/// </summary>
public sealed class Servers : IAsyncDisposable
{
    static readonly Lazy<Servers> Instance = new(Find);
    readonly IServerControl? _control;

    Servers(ServerAddresses addresses, IServerControl? control)
    {
        (Postgres, Nodes, RabbitMqManagement) = (addresses.Postgres, addresses.Nodes, addresses.Management);
        _control = control;
    }

    public static Servers Current => Instance.Value;

    /// <summary>Connection string of an administrator.</summary>
    public string Postgres { get; }

    /// <summary>
    /// The brokers of a cluster, the first of which is <see cref="RabbitMq"/>; a single broker is alone. No vhost, credentials included.
    /// </summary>
    public IReadOnlyList<Uri> Nodes { get; }

    /// <summary>Broker without a vhost, credentials included.</summary>
    public Uri RabbitMq => Nodes[0];

    /// <summary>Of the first node.</summary>
    public Uri RabbitMqManagement { get; }

    /// <summary>All nodes of a cluster together.</summary>
    /// <param name="gently">False: SIGKILL, and a start that has to recover.</param>
    public Task RestartRabbitMqAsync(bool gently) => RestartAsync(Server.RabbitMq, gently);

    /// <inheritdoc cref="RestartRabbitMqAsync"/>
    public Task RestartPostgresAsync(bool gently) => RestartAsync(Server.Postgres, gently);

    /// <summary>A crash of one node of a cluster.</summary>
    /// <param name="node">Counted from 0, as in <see cref="Nodes"/>.</param>
    public Task KillNodeAsync(int node) => Control.KillAsync(Server.RabbitMq, node);

    /// <summary>Brings a node back; returns when it accepts connections.</summary>
    /// <inheritdoc cref="KillNodeAsync"/>
    public Task StartNodeAsync(int node) => Control.StartAsync(Server.RabbitMq, node);

    /// <summary>From now on the broker takes no messages of anybody: to be ended in any case, by <see cref="EndShortageAsync"/>.</summary>
    public Task BeginShortageAsync(Shortage shortage) =>
        Control.ControlRabbitMqAsync(
            shortage == Shortage.Memory
                ? ["set_vm_memory_high_watermark", "0"]
                // More than any disk has.
                : ["set_disk_free_limit", "1000000000000000"]
        );

    /// <summary>What RabbitMQ has by default.</summary>
    public Task EndShortageAsync(Shortage shortage) =>
        Control.ControlRabbitMqAsync(
            shortage == Shortage.Memory ? ["set_vm_memory_high_watermark", "0.6"] : ["set_disk_free_limit", "50000000"]
        );

    IServerControl Control =>
        _control
        ?? throw new InvalidOperationException(
            $"{ServerAddresses.Folder} is not set: these servers are not ours to restart. Run the tests with ./dev test"
        );

    async Task RestartAsync(Server server, bool gently)
    {
        await (gently ? Control.StopAsync(server) : Control.KillAsync(server));
        await Control.StartAsync(server);
    }

    /// <summary>Containers of their own.</summary>
    /// <exception cref="DockerUnavailableException">No Docker daemon answers, or none that is new enough.</exception>
    public static async Task<Servers> InContainersAsync()
    {
        var containers = await ContainerServers.StartAsync();
        return new Servers(containers.Addresses, containers);
    }

    /// <summary>Removes containers. Private servers stay for the next run.</summary>
    public ValueTask DisposeAsync() => _control is IAsyncDisposable containers ? containers.DisposeAsync() : ValueTask.CompletedTask;

    static Servers Find()
    {
        if (ServerAddresses.OfEnvironment() is { } addresses)
        {
            var folder = Environment.GetEnvironmentVariable(ServerAddresses.Folder);
            return new Servers(addresses, folder is null ? null : new PrivateServers(folder));
        }
        try
        {
            // Away from the test's own context, which waits here.
            return Task.Run(InContainersAsync).GetAwaiter().GetResult();
        }
        catch (DockerUnavailableException)
        {
            return new Servers(PrivateServers.Start(out var control), control);
        }
    }
}
