using System.Text.Json;
using Loyalty.Messaging.TestKit;

namespace Loyalty.Messaging.AcceptanceTests.Cli;

/// <summary>One run of <c>loyalty</c>, as a terminal or a script sees it.</summary>
public sealed record CliRun(int ExitCode, string Printed, string Errors)
{
    public JsonElement Json => JsonDocument.Parse(Printed).RootElement;

    public static async Task<CliRun> RunAsync(IReadOnlyDictionary<string, string> settings, params string[] arguments)
    {
        await using var run = Application.Start("Loyalty.Messaging.Cli", "loyalty", settings, arguments);
        var exitCode = await run.ExitAsync();
        return new CliRun(exitCode, run.Printed, run.Errors);
    }

    public static Task<CliRun> RunAsync(params string[] arguments) => RunAsync(new Dictionary<string, string>(), arguments);
}
