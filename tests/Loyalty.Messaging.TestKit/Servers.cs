using System.Diagnostics;

namespace Loyalty.Messaging.TestKit;

/// <summary>
/// The real PostgreSQL and RabbitMQ of a test run: from the environment, as <c>./dev test</c> sets it; else private ones that <c>./dev servers</c> starts.
/// </summary>
public sealed class Servers
{
    static readonly Lazy<Servers> Instance = new(Find);

    Servers(IReadOnlyDictionary<string, string> settings)
    {
        Postgres = settings["LOYALTY_TEST_POSTGRES"];
        RabbitMq = new Uri(settings["LOYALTY_TEST_RABBITMQ"]);
        RabbitMqManagement = new Uri(settings["LOYALTY_TEST_RABBITMQ_MANAGEMENT"]);
        Folder = settings.GetValueOrDefault("LOYALTY_TEST_SERVERS");
    }

    public static Servers Current => Instance.Value;

    /// <summary>Connection string of an administrator.</summary>
    public string Postgres { get; }

    /// <summary>Broker without a vhost, credentials included.</summary>
    public Uri RabbitMq { get; }
    public Uri RabbitMqManagement { get; }

    /// <summary>Where the private servers live; null when they are not ours to restart.</summary>
    string? Folder { get; }

    /// <param name="gently">False: SIGKILL, and a start that has to recover.</param>
    public Task RestartRabbitMqAsync(bool gently) => RestartAsync("rabbitmq.sh", gently);

    /// <inheritdoc cref="RestartRabbitMqAsync"/>
    public Task RestartPostgresAsync(bool gently) => RestartAsync("postgres.sh", gently);

    async Task RestartAsync(string script, bool gently)
    {
        foreach (var command in gently ? ["restart"] : new[] { "kill", "start" })
            await RunAsync(script, command);
    }

    async Task RunAsync(string script, string command)
    {
        var folder = Folder ?? throw new InvalidOperationException("LOYALTY_TEST_SERVERS is not set: these servers are not ours to restart. Run the tests with ./dev test");
        using var process = Process.Start(new ProcessStartInfo(Path.Combine(Repository.Root, "deploy", "local", script), [command, folder])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{script} {command} failed: {await output} {await errors}");
    }

    static Servers Find()
    {
        string[] names = ["LOYALTY_TEST_POSTGRES", "LOYALTY_TEST_RABBITMQ", "LOYALTY_TEST_RABBITMQ_MANAGEMENT", "LOYALTY_TEST_SERVERS"];
        var settings = names.Select(name => (name, value: Environment.GetEnvironmentVariable(name))).Where(pair => pair.value is not null).ToDictionary(pair => pair.name, pair => pair.value!);
        if (settings.Count < 3)
            settings = Started();
        return new Servers(settings);
    }

    static Dictionary<string, string> Started()
    {
        using var process = Process.Start(new ProcessStartInfo(Path.Combine(Repository.Root, "dev"), ["servers", Path.Combine(Repository.Root, ".dev", "test")])
        {
            RedirectStandardOutput = true,
        })!;
        var lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        process.WaitForExit();
        return process.ExitCode == 0
            ? lines.Select(line => line.Split('=', 2)).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1])
            : throw new InvalidOperationException("The test servers could not be started; README.md, section 'Tests', says what they need");
    }
}
