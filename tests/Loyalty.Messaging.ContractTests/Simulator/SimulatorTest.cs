using System.Text.Json.Nodes;
using Xunit;

namespace Loyalty.Messaging.ContractTests.Simulator;

/// <summary>One simulator per test: what one leaves behind, no other sees.</summary>
public abstract class SimulatorTest : IAsyncLifetime
{
    RunningSimulator? _simulator;

    private protected RunningSimulator Simulator => _simulator!;

    public async ValueTask InitializeAsync() => _simulator = await RunningSimulator.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await Simulator.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Another simulator in place of the usual one.</summary>
    private protected async Task RestartAsync(params string[] settings)
    {
        await Simulator.DisposeAsync();
        _simulator = await RunningSimulator.StartAsync(settings);
    }

    private protected async Task<(int Status, JsonNode Body)> PostAsync(JsonObject body, string? key = null)
    {
        using var answer = await Simulator.PostAsync(body, key);
        return ((int)answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync())!);
    }

    private protected async Task BreachedAsync(params string[] kinds) => Assert.Equal(kinds, await Simulator.BreachesAsync());

    private protected async Task EffectsAsync(params string[] transactions) =>
        Assert.Equal(transactions, (await Simulator.LedgerAsync()).Select(effect => effect!["clientTransactionId"]!.GetValue<string>()));
}
