using System.Text;
using System.Text.Json;
using Loyalty.Messaging.AcceptanceTests.Cli;
using Loyalty.Messaging.AcceptanceTests.Ops;
using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.AmCash;

/// <summary>
/// A system whose worker may ask the issuer for balances, with an ops site. The periodic ECHO is off unless a test wants it.
/// </summary>
public sealed class CashSystem : IAsyncLifetime
{
    static readonly HttpClient Http = new();
    static readonly string[] Cash = ["AirMiles__StoreId", "AirMiles__VendorId", "AirMiles__DeviceId", "AirMiles__AcquirerId"];

    public LoyaltySystem System { get; private set; } = null!;
    public Uri Ops { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        System = await LoyaltySystem.CreateAsync();
        Configure(System);
        System.Settings["AirMiles__EchoInterval"] = "00:00:00";
        System.Settings["AirMiles__AttemptTimeout"] = "00:00:01";
        await System.StartWorkerAsync();
        Ops = await System.StartOpsAsync();
    }

    public static void Configure(LoyaltySystem system)
    {
        foreach (var key in Cash)
            system.Settings[key] = "0001";
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await Agreement.HoldsAsync(System);
        }
        finally
        {
            await System.DisposeAsync();
        }
    }

    public Task<CliRun> LoyaltyAsync(params string[] arguments) =>
        CliRun.RunAsync(new Dictionary<string, string> { ["Ops__Url"] = Ops.ToString() }, arguments);

    public Task<(int Status, JsonElement Body)> GetAsync(string path) => AskAsync(HttpMethod.Get, path, null);

    public Task<(int Status, JsonElement Body)> PostAsync(string path, object? content) => AskAsync(HttpMethod.Post, path, content);

    /// <summary>Requests that came to ECHO and INQUIRE while <paramref name="act"/> ran.</summary>
    public async Task<int> CallsDuringAsync(Func<Task> act)
    {
        var before = await CallsAsync();
        await act();
        return await CallsAsync() - before;
    }

    async Task<int> CallsAsync() =>
        (await System.Issuer.AttemptsAsync()).Count(attempt => attempt.Path?.Contains("/amcash/", StringComparison.Ordinal) == true);

    async Task<(int Status, JsonElement Body)> AskAsync(HttpMethod method, string path, object? content)
    {
        using var request = new HttpRequestMessage(method, new Uri(Ops, path));
        if (content is not null)
            request.Content = new StringContent(JsonSerializer.Serialize(content), Encoding.UTF8, "application/json");
        using var answer = await Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.DoesNotMatch(RunningSite.WholeCollectorNumber(), text);
        return ((int)answer.StatusCode, JsonDocument.Parse(text).RootElement);
    }
}

[CollectionDefinition(nameof(CashSystem))]
public sealed class CashSystemCollection : ICollectionFixture<CashSystem>;
