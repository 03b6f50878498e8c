using System.Diagnostics;
using System.Globalization;

namespace Loyalty.Messaging.TestKit;

/// <summary>Servers of this checkout alone, under the scripts in <c>deploy/local</c>.</summary>
sealed class PrivateServers(string folder) : IServerControl
{
    const string RabbitMqScript = "rabbitmq.sh";

    public static ServerAddresses Start(out PrivateServers control)
    {
        var folder = Path.Combine(Repository.Root, ".dev", "test");
        using var process = Process.Start(
            new ProcessStartInfo(Path.Combine(Repository.Root, "dev"), ["servers", folder]) { RedirectStandardOutput = true }
        )!;
        var lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException("The test servers could not be started; docs/testing.md says what they need");
        var settings = lines
            .Select(line => line.Split('=', 2))
            .Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0], pair => pair[1]);
        control = new PrivateServers(folder);
        return ServerAddresses.Of(settings.GetValueOrDefault);
    }

    public Task StopAsync(Server server, int? node) => RunAsync(server, "stop", node);

    public Task KillAsync(Server server, int? node) => RunAsync(server, "kill", node);

    public Task StartAsync(Server server, int? node) => RunAsync(server, "start", node);

    public Task ControlRabbitMqAsync(params string[] arguments) => RunAsync(RabbitMqScript, ["ctl", folder, .. arguments]);

    // The scripts count nodes from 1.
    Task RunAsync(Server server, string command, int? node) =>
        RunAsync(
            server == Server.RabbitMq ? RabbitMqScript : "postgres.sh",
            node is null ? [command, folder] : [command, folder, (node.Value + 1).ToString(CultureInfo.InvariantCulture)]
        );

    static async Task RunAsync(string script, string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(Path.Combine(Repository.Root, "deploy", "local", script), arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{script} {string.Join(' ', arguments)} failed: {await output} {await errors}");
    }
}
