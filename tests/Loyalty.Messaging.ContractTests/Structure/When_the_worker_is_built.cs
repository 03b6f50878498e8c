using System.Text.Json;
using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.ContractTests.Structure;

/// <summary>A property whose name the SDK does not know is ignored without a word.</summary>
public sealed class When_the_worker_is_built
{
    [Theory]
    [InlineData("System.GC.Server", "false")]
    [InlineData("System.Runtime.TieredPGO", "false")]
    [InlineData("System.Runtime.TieredCompilation.CallCountingDelayMs", "10")]
    [InlineData("System.Threading.ThreadPool.UnfairSemaphoreSpinLimit", "0")]
    [InlineData("System.Threading.ThreadPool.MinThreads", "1")]
    [InlineData("System.Threading.ThreadPool.HillClimbing.Disable", "true")]
    [InlineData("System.GC.Gen0MaxBudget", "33554432")]
    public void The_runtime_is_told_what_its_project_says(string name, string value)
    {
        using var settings = JsonDocument.Parse(
            File.ReadAllText(
                Path.ChangeExtension(Repository.Program("Loyalty.Messaging.Worker", "Loyalty.Messaging.Worker"), "runtimeconfig.json")
            )
        );
        Assert.Equal(
            value,
            settings.RootElement.GetProperty("runtimeOptions").GetProperty("configProperties").GetProperty(name).GetRawText()
        );
    }
}
