using System.Text.Json.Nodes;
using Loyalty.Messaging.AirMiles.AmCash;
using Loyalty.Messaging.ContractTests.Simulator;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Loyalty.Messaging.ContractTests.AmCash;

/// <summary>The client as hosts register it, over real HTTP against the strict issuer.</summary>
internal sealed class CashIssuer : IAsyncDisposable
{
    readonly ServiceProvider _services;
    readonly int _tokensBefore;

    CashIssuer(RunningSimulator simulator, ServiceProvider services, int tokensBefore) =>
        (Simulator, _services, _tokensBefore) = (simulator, services, tokensBefore);

    public RunningSimulator Simulator { get; }

    public IAmCashClient Client => _services.GetRequiredService<IAmCashClient>();

    public static async Task<CashIssuer> StartAsync(params (string Key, string? Value)[] settings)
    {
        var simulator = await RunningSimulator.StartAsync();
        var root = simulator.Http.BaseAddress!;
        var values = new Dictionary<string, string?>
        {
            ["AirMiles:BaseAddress"] = root.ToString(),
            ["AirMiles:TokenEndpoint"] = new Uri(root, "/oauth/token").ToString(),
            ["AirMiles:ClientId"] = "partner",
            ["AirMiles:ClientSecret"] = "secret-of-the-simulator",
            ["AirMiles:SponsorCode"] = "KENY",
            ["AirMiles:StoreId"] = "0001",
            ["AirMiles:VendorId"] = "100087",
            ["AirMiles:DeviceId"] = "001",
            ["AirMiles:AcquirerId"] = "100000",
            ["AirMiles:RetryDelay"] = "00:00:00.001",
        };
        foreach (var (key, value) in settings)
            values[$"AirMiles:{key}"] = value;
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(values).Build();
        var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(configuration)
            .AddLogging()
            .AddAirMilesClient()
            .BuildServiceProvider();
        return new CashIssuer(simulator, services, await simulator.StatAsync("tokenRequests"));
    }

    public Task ScriptAsync(string path, int? times, string answer) =>
        Simulator.ScriptAsync(
            $$"""[{ "match": { "path": "{{path}}" }, "times": {{times?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "null"}}, "answer": {{answer}} }]"""
        );

    public async Task<IReadOnlyList<JsonNode>> CallsAsync() =>
        [
            .. (await Simulator.AttemptsAsync())
                .Select(attempt => attempt!)
                .Where(attempt => attempt["path"]!.GetValue<string>().StartsWith("/checkout/amcash/", StringComparison.Ordinal)),
        ];

    /// <summary>Tokens that the client has asked for.</summary>
    public async Task<int> TokensAsync() => await Simulator.StatAsync("tokenRequests") - _tokensBefore;

    /// <summary>Whatever was answered, the client asked as it should, as often as it should.</summary>
    public async Task AskedAsync(int calls, int tokens)
    {
        Assert.Equal((calls, tokens), ((await CallsAsync()).Count, await TokensAsync()));
        Assert.Empty(await Simulator.BreachesAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await Simulator.DisposeAsync();
    }
}
