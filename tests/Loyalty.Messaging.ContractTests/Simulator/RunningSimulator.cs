using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Loyalty.Messaging.Simulator;
using Microsoft.AspNetCore.Builder;
using Xunit;

namespace Loyalty.Messaging.ContractTests.Simulator;

/// <summary>A simulator on a free port, and a client that knows nothing but HTTP.</summary>
internal sealed class RunningSimulator : IAsyncDisposable
{
    public const string PostPath = "/checkout/issuance/post/event";
    public const string ReversePath = "/checkout/issuance/reverse/event";

    readonly WebApplication _app;

    RunningSimulator(WebApplication app, ShiftedTime time, HttpClient http)
    {
        _app = app;
        Time = time;
        Http = http;
    }

    public HttpClient Http { get; }

    public ShiftedTime Time { get; }

    public static async Task<RunningSimulator> StartAsync(params string[] settings)
    {
        var time = new ShiftedTime();
        var app = SimulatorHost.Build(["--Simulator:Urls=http://127.0.0.1:0", .. settings], time);
        await app.StartAsync();
        var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false })
        {
            BaseAddress = new Uri(app.Urls.First()),
            Timeout = TimeSpan.FromSeconds(20),
        };
        var simulator = new RunningSimulator(app, time, http);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await simulator.TokenAsync());
        return simulator;
    }

    public async Task<string> TokenAsync()
    {
        using var answer = await AskTokenAsync("client_credentials", "partner", "secret-of-the-simulator");
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["access_token"]!.GetValue<string>();
    }

    public Task<HttpResponseMessage> AskTokenAsync(string grant, string id, string secret) =>
        Http.PostAsync(
            "/oauth/token",
            new FormUrlEncodedContent(
                new Dictionary<string, string>
                {
                    ["grant_type"] = grant,
                    ["client_id"] = id,
                    ["client_secret"] = secret,
                    ["audience"] = "anything",
                }
            )
        );

    public Task<HttpResponseMessage> PostAsync(JsonObject body, string? key = null) =>
        SendAsync(body.ContainsKey("originalClientTransactionId") ? ReversePath : PostPath, body.ToJsonString(), key ?? NewKey());

    public Task<HttpResponseMessage> SendAsync(string path, string body, string? key) =>
        SendUntilAsync(path, body, key, TestContext.Current.CancellationToken);

    public async Task<HttpResponseMessage> SendUntilAsync(string path, string body, string? key, CancellationToken patience)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json")),
        };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        if (path.StartsWith("/checkout/amcash/", StringComparison.Ordinal))
            request.Headers.CacheControl = new CacheControlHeaderValue { NoCache = true };
        return await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience);
    }

    public async Task ScriptAsync(string rules)
    {
        using var answer = await Http.PostAsync("/simulator/scripts", new StringContent(rules));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    public async Task<JsonArray> LedgerAsync(string query = "") => (await ReadAsync("/simulator/ledger" + query)).AsArray();

    public async Task<JsonArray> AttemptsAsync() => (await ReadAsync("/simulator/attempts")).AsArray();

    public async Task<string[]> BreachesAsync() =>
        [.. (await ReadAsync("/simulator/breaches")).AsArray().Select(breach => breach!["kind"]!.GetValue<string>())];

    public async Task<int> StatAsync(string name) => (await ReadAsync("/simulator/stats"))[name]!.GetValue<int>();

    public async Task<JsonNode> ReadAsync(string path) => JsonNode.Parse((await Http.GetFromJsonAsync<JsonElement>(path)).GetRawText())!;

    /// <summary>Waits for what happens on the other side of the wire a moment later.</summary>
    public static async Task EventuallyAsync(Func<Task<bool>> holds)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (!await holds())
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, deadline.Token);
    }

    public static string NewKey() => Guid.NewGuid().ToString();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
    }
}

/// <summary>The system's clock, moved on at will.</summary>
internal sealed class ShiftedTime : TimeProvider
{
    TimeSpan _shift;

    public void Advance(TimeSpan by) => _shift += by;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _shift;
}
