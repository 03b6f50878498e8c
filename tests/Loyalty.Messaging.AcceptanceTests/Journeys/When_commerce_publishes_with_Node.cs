using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.Journeys;

/// <summary>The sample that other teams copy, as it stands in the repository, with the packages its lock file names.</summary>
[Collection(nameof(SharedSystem))]
public sealed class When_commerce_publishes_with_Node(SharedSystem shared) : IAsyncLifetime
{
    readonly LoyaltySystem _system = shared.System;
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("loyalty-node-");

    static string Sample => Path.Combine(Repository.Root, "contracts", "samples", "node");

    public async ValueTask InitializeAsync()
    {
        foreach (var file in (string[])["package.json", "package-lock.json", "publish.js"])
            File.Copy(Path.Combine(Sample, file), Path.Combine(_folder.FullName, file));
        var (exitCode, _, errors) = await RunAsync("npm", ["ci", "--no-audit", "--no-fund"]);
        Assert.True(exitCode == 0, $"npm ci failed in a copy of contracts/samples/node:\n{errors}");
    }

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task An_example_order_and_its_refund_settle()
    {
        var (exitCode, printed, errors) = await RunAsync("node", ["publish.js"]);

        Assert.Equal((0, ""), (exitCode, errors));
        var lines = printed.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["commerce.order-completed", "commerce.order-refunded"], lines.Select(line => line.Split(' ')[0]));
        await _system.OrderIsAsync(lines[0].Split(' ')[1], "Issued");
        await _system.RefundIsAsync(lines[1].Split(' ')[1], "Reversed");
    }

    [Fact]
    public async Task Files_are_published_as_well()
    {
        var order = Path.Combine(_folder.FullName, "order.json");
        await File.WriteAllTextAsync(order, System.Text.Json.JsonSerializer.Serialize(Commerce.Order("NODE-1", "80074500010")));

        var (exitCode, printed, errors) = await RunAsync("node", ["publish.js", order]);

        Assert.Equal((0, "", "commerce.order-completed NODE-1"), (exitCode, errors, printed.Trim()));
        await _system.OrderIsAsync("NODE-1", "Issued");
    }

    [Fact]
    public async Task What_no_queue_takes_is_a_1_with_a_sentence()
    {
        await using var empty = await TestVhost.CreateAsync();
        await using (var connection = await empty.ConnectAsync())
        await using (var channel = await connection.CreateChannelAsync())
            await RabbitMQ.Client.IChannelExtensions.ExchangeDeclareAsync(channel, "commerce.order-completed", "fanout", durable: true);

        var (exitCode, printed, errors) = await RunAsync("node", ["publish.js"], empty.Uri);

        Assert.Equal((1, ""), (exitCode, printed));
        Assert.Equal("no queue takes commerce.order-completed: has the worker ever run against this broker?", errors.Trim());
    }

    /// <summary>A lock file that names a registry's address would send other teams there.</summary>
    [Fact]
    public async Task Versions_are_exact_and_no_registry_is_named()
    {
        using var package = System.Text.Json.JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Sample, "package.json")));
        Assert.All(
            package.RootElement.GetProperty("dependencies").EnumerateObject(),
            dependency => Assert.Matches(@"^\d+\.\d+\.\d+$", dependency.Value.GetString()!)
        );
        using var locked = System.Text.Json.JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Sample, "package-lock.json")));
        Assert.All(
            locked.RootElement.GetProperty("packages").EnumerateObject(),
            entry =>
                Assert.True(
                    !entry.Value.TryGetProperty("resolved", out var resolved)
                        || resolved.GetString()!.StartsWith("https://registry.npmjs.org/", StringComparison.Ordinal)
                )
        );
    }

    Task<(int ExitCode, string Printed, string Errors)> RunAsync(string program, string[] arguments, Uri? broker = null) =>
        Node.RunAsync(
            program,
            arguments,
            _folder.FullName,
            new Dictionary<string, string> { ["RABBITMQ_URI"] = (broker ?? _system.Vhost.Uri).ToString() }
        );
}
