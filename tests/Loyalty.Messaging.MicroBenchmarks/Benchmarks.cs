using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Loyalty.Messaging.TestKit;

namespace Loyalty.Messaging.MicroBenchmarks;

/// <summary>What single steps of a delivery cost in time and memory.</summary>
internal static class Benchmarks
{
    const string Short = "--short";
    static readonly Type[] WithoutServers = [typeof(EventReading), typeof(Earnings), typeof(Calls), typeof(Outgoing)];

    /// <param name="arguments"><c>--short</c>, and what BenchmarkDotNet takes, for example <c>--filter *Door*</c>.</param>
    public static async Task<int> RunAsync(string[] arguments)
    {
        // In this process: BenchmarkDotNet's own way is to build a project, and that would have to follow all rules of this repository.
        var job = (arguments.Contains(Short) ? Job.ShortRun : Job.Default).WithToolchain(InProcessEmitToolchain.Instance);
        var config = ManualConfig
            .Create(DefaultConfig.Instance)
            .AddJob(job)
            .AddDiagnoser(MemoryDiagnoser.Default)
            .WithArtifactsPath(Path.Combine(Repository.Root, "artifacts", "benchmarks"))
            .WithOptions(ConfigOptions.DisableOptimizationsValidator);
        string[] passed = [.. arguments.Where(argument => argument != Short)];
        if (!passed.Contains("--filter") && !passed.Contains("--list"))
            passed = [.. passed, "--filter", "*"];
        var servers = Environment.GetEnvironmentVariable("LOYALTY_TEST_POSTGRES") is not null;
        if (!servers)
            await Console.Error.WriteLineAsync("LOYALTY_TEST_POSTGRES is not set: what needs the database or the broker is left out");
        var summaries = BenchmarkSwitcher
            .FromTypes(servers ? [.. WithoutServers, typeof(SagaRows), typeof(OutboxRows)] : WithoutServers)
            .Run(passed, config);
        return summaries.Any(summary => summary.HasCriticalValidationErrors || summary.Reports.Any(report => !report.Success)) ? 1 : 0;
    }
}
