using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Loyalty.Messaging.AcceptanceTests.Cli;
using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.Ops;

/// <summary>
/// A running system with two ops sites: one as a developer has it, on loopback without keys, and one as in production, with a key of each
/// role.
/// </summary>
public sealed partial class RunningSite : IAsyncLifetime
{
    /// <summary>What each role may do includes what the ones before it may.</summary>
    public static readonly string[] Roles = ["viewer", "operator", "approver"];

    static readonly HttpClient Http = new();

    public LoyaltySystem System { get; private set; } = null!;

    /// <summary>Without keys.</summary>
    public Uri Open { get; private set; } = null!;

    /// <summary>With keys.</summary>
    public Uri Guarded { get; private set; } = null!;

    /// <summary>Where the worker has its client secret from.</summary>
    public string ClientSecretFile { get; private set; } = "";

    public static string KeyOf(string role) => $"the-key-of-the-{role}";

    public async ValueTask InitializeAsync()
    {
        System = await LoyaltySystem.CreateAsync();
        var settings = System.WorkerSettings();
        ClientSecretFile = Path.GetTempFileName();
        await File.WriteAllTextAsync(ClientSecretFile, settings["AirMiles__ClientSecret"] + "\n");
        settings.Remove("AirMiles__ClientSecret");
        settings["AirMiles__ClientSecret__File"] = ClientSecretFile;
        var (worker, address) = System.LaunchWorker(settings);
        await worker.ReadyAsync(new Uri(address, "/health/ready"));
        Open = await System.StartOpsAsync();
        Guarded = await System.StartOpsAsync(GuardedSettings());
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await Agreement.HoldsAsync(System);
        }
        finally
        {
            File.Delete(ClientSecretFile);
            await System.DisposeAsync();
        }
    }

    /// <summary>As in production, with a key of each role.</summary>
    public static Dictionary<string, string> GuardedSettings()
    {
        var guarded = new Dictionary<string, string> { ["ASPNETCORE_ENVIRONMENT"] = "Production" };
        for (var index = 0; index < Roles.Length; index++)
        {
            guarded[$"Ops__Keys__{index}__Name"] = $"one {Roles[index]}";
            guarded[$"Ops__Keys__{index}__Role"] = Roles[index];
            guarded[$"Ops__Keys__{index}__Hash"] = HashOf(KeyOf(Roles[index]));
        }
        return guarded;
    }

    /// <summary>The form in which the settings hold a key.</summary>
    public static string HashOf(string key) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    /// <summary>Asks the site with keys.</summary>
    public async Task<HttpResponseMessage> AskAsync(string method, string path, string? key)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(Guarded, path));
        if (key is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        // A body of the wrong type is turned away before anybody asks who sent it.
        if (method != "GET" && !path.StartsWith("/api/", StringComparison.Ordinal))
            request.Content = path.EndsWith("/statement", StringComparison.Ordinal)
                ? new MultipartFormDataContent { { new StringContent(""), "reason" } }
                : new FormUrlEncodedContent([]);
        else if (method != "GET")
            request.Content = new StringContent(
                "{}",
                Encoding.UTF8,
                path.EndsWith("/statement", StringComparison.Ordinal) ? "text/csv" : "application/json"
            );
        return await Http.SendAsync(request);
    }

    public static Task<HttpResponseMessage> GetAsync(Uri address) => Http.GetAsync(address);

    /// <summary>An order as the site shows it; whatever is shown, no whole collector number is in it.</summary>
    public async Task<JsonElement> OrderAsync(string orderId) => await JsonAsync($"/api/v1/orders/{Uri.EscapeDataString(orderId)}");

    public async Task<JsonElement> JsonAsync(string path)
    {
        var text = await Http.GetStringAsync(new Uri(Open, path));
        Assert.DoesNotMatch(WholeCollectorNumber(), text);
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>Waits for a timeline that says something: the journal is written with a delivery, and looked at from outside.</summary>
    public Task<JsonElement> OrderWithAsync(string orderId, string kind, int times = 1) =>
        Eventually.SeeAsync(
            () => OrderAsync(orderId),
            order => Entries(order, kind).Count >= times,
            $"{times} {kind} in the timeline of {orderId}"
        );

    /// <summary>The sentences of a timeline, how long a call took left out.</summary>
    public static List<string> Texts(JsonElement order) =>
        [
            .. order
                .GetProperty("timeline")
                .EnumerateArray()
                .Select(entry => Duration().Replace(entry.GetProperty("text").GetString()!, "in N ms")),
        ];

    public static List<JsonElement> Entries(JsonElement order, string kind) =>
        [.. order.GetProperty("timeline").EnumerateArray().Where(entry => entry.GetProperty("kind").GetString() == kind)];

    /// <summary>The command line, pointed at this system.</summary>
    public Task<CliRun> LoyaltyAsync(params string[] arguments) =>
        CliRun.RunAsync(
            new Dictionary<string, string>
            {
                ["RabbitMq__Uri"] = System.Vhost.Uri.ToString(),
                ["Ops__Url"] = Guarded.ToString(),
                ["Ops__Key"] = KeyOf("viewer"),
            },
            arguments
        );

    [GeneratedRegex(@"(?<![0-9a-f-])8\d{10}(?![0-9a-f-])")]
    public static partial Regex WholeCollectorNumber();

    [GeneratedRegex(@"in \d+ ms")]
    private static partial Regex Duration();
}

[CollectionDefinition(nameof(RunningSite))]
public sealed class RunningSiteCollection : ICollectionFixture<RunningSite>;
