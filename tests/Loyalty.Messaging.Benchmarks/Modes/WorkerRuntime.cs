using System.Globalization;
using System.Text.Json;
using Loyalty.Messaging.TestKit;

namespace Loyalty.Messaging.Benchmarks.Modes;

/// <summary>
/// The worker's settings of the runtime, read from what was built, so that the reference without persistence runs under the same.
/// </summary>
internal static class WorkerRuntime
{
    static readonly Dictionary<string, string> Variables = new()
    {
        ["System.GC.Server"] = "DOTNET_gcServer",
        ["System.GC.Concurrent"] = "DOTNET_gcConcurrent",
        ["System.GC.Gen0MaxBudget"] = "DOTNET_GCGen0MaxBudget",
        ["System.Runtime.TieredCompilation"] = "DOTNET_TieredCompilation",
        ["System.Runtime.TieredPGO"] = "DOTNET_TieredPGO",
        ["System.Threading.ThreadPool.UnfairSemaphoreSpinLimit"] = "DOTNET_ThreadPool_UnfairSemaphoreSpinLimit",
        ["System.Threading.ThreadPool.MinThreads"] = "DOTNET_ThreadPool_ForceMinWorkerThreads",
        ["System.Threading.ThreadPool.HillClimbing.Disable"] = "DOTNET_HillClimbing_Disable",
        ["System.Runtime.TieredCompilation.CallCountingDelayMs"] = "DOTNET_TC_CallCountingDelayMs",
    };

    public static Dictionary<string, string> Settings()
    {
        var file = Path.ChangeExtension(Repository.Program("Loyalty.Messaging.Worker", "Loyalty.Messaging.Worker"), "runtimeconfig.json");
        using var json = JsonDocument.Parse(File.ReadAllText(file));
        var configured = json.RootElement.GetProperty("runtimeOptions").GetProperty("configProperties");
        return Variables
            .Where(pair => configured.TryGetProperty(pair.Key, out _))
            .ToDictionary(pair => pair.Value, pair => InHex(configured.GetProperty(pair.Key)));
    }

    static string InHex(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number ? value.GetInt32().ToString("x", CultureInfo.InvariantCulture)
        : value.GetBoolean() ? "1"
        : "0";
}
