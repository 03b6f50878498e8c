using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Loyalty.Messaging.AcceptanceTests.Ops;
using Loyalty.Messaging.TestKit;

namespace Loyalty.Messaging.AcceptanceTests.DeadLetters;

/// <summary>A system with an ops site, whose database refuses what the tests tell it to: a defect of our own that can be mended.</summary>
public sealed class LetterSystem : IAsyncDisposable
{
    readonly HttpClient _http = new();

    LetterSystem(LoyaltySystem system, Uri worker, Uri ops) => (System, Worker, Ops) = (system, worker, ops);

    public LoyaltySystem System { get; }

    /// <summary>Of the first worker.</summary>
    public Uri Worker { get; }
    public Uri Ops { get; private set; }

    /// <param name="guarded">With a key of each role; otherwise open to this machine.</param>
    /// <param name="settings">Of the ops site.</param>
    /// <param name="worker">Settings of the worker.</param>
    /// <param name="before">What has to be there before anything is started; it may add settings.</param>
    public static async Task<LetterSystem> StartAsync(
        bool guarded = false,
        IReadOnlyDictionary<string, string>? settings = null,
        IReadOnlyDictionary<string, string>? worker = null,
        Func<LoyaltySystem, Task>? before = null
    )
    {
        var system = await LoyaltySystem.CreateAsync();
        await (before?.Invoke(system) ?? Task.CompletedTask);
        foreach (var (key, value) in worker ?? new Dictionary<string, string>())
            system.Settings[key] = value;
        var (first, address) = system.LaunchWorker(system.WorkerSettings());
        await first.ReadyAsync(new Uri(address, "/health/ready"));
        var letters = new LetterSystem(system, address, new Uri("http://127.0.0.1"));
        await letters.StartOpsAsync(guarded, settings);
        return letters;
    }

    public async Task<Application> StartOpsAsync(bool guarded = false, IReadOnlyDictionary<string, string>? settings = null)
    {
        var others = new Dictionary<string, string>(settings ?? new Dictionary<string, string>());
        if (guarded)
        {
            others["ASPNETCORE_ENVIRONMENT"] = "Production";
            var people = (string[])["viewer", "operator", "approver", "approver"];
            for (var index = 0; index < people.Length; index++)
            {
                others[$"Ops__Keys__{index}__Name"] = index == 3 ? "second approver" : $"one {people[index]}";
                others[$"Ops__Keys__{index}__Role"] = people[index];
                others[$"Ops__Keys__{index}__Hash"] = RunningSite.HashOf(index == 3 ? Keys.Second : RunningSite.KeyOf(people[index]));
            }
        }
        Ops = await System.StartOpsAsync(others);
        return System.Applications[^1];
    }

    /// <summary>
    /// Whatever is written about orders with this prefix is refused from now on: a defect that is no fault of the message.
    /// </summary>
    public Task BreakAsync(string prefix) =>
        System.Database.RunAsync(
            $"""
            CREATE OR REPLACE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF NEW.order_id LIKE '{prefix}%' THEN
                    RAISE EXCEPTION 'the release of tonight forgot order %', NEW.order_id;
                END IF;
                RETURN NEW;
            END $$;
            CREATE OR REPLACE TRIGGER broken BEFORE INSERT ON issuance FOR EACH ROW EXECUTE FUNCTION broken();
            """
        );

    public Task MendAsync() => System.Database.RunAsync("DROP TRIGGER IF EXISTS broken ON issuance");

    public async Task<(HttpStatusCode Status, JsonElement Body)> AskAsync(
        string method,
        string path,
        object? body = null,
        string? key = null
    )
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(Ops, $"/api/v1/{path}"));
        if (key is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        if (body is not null)
            request.Content = JsonContent.Create(body);
        using var answer = await _http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return (answer.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement);
    }

    public async Task<JsonElement> GetAsync(string path, string? key = null)
    {
        var (status, body) = await AskAsync("GET", path, null, key);
        return status == HttpStatusCode.OK ? body : throw new InvalidOperationException($"GET {path} answered {status}: {body}");
    }

    /// <summary>Waits until so many dead letters are open.</summary>
    public Task<List<JsonElement>> OpenAsync(int count, string filter = "", string? key = null) =>
        Eventually.SeeAsync(
            async () => (await GetAsync($"dead-letters?state=Open&limit=200{filter}", key)).GetProperty("items").EnumerateArray().ToList(),
            letters => letters.Count == count,
            $"{count} open dead letters",
            TimeSpan.FromSeconds(60)
        );

    public Task<JsonElement> JobIsAsync(Guid id, string state, string? key = null, TimeSpan? within = null) =>
        Eventually.SeeAsync(
            () => GetAsync($"jobs/{id}", key),
            job => job.GetProperty("state").GetString() == state,
            $"job {id} to be {state}",
            within ?? TimeSpan.FromSeconds(90)
        );

    /// <summary>A job that makes the calls of everything suspended again.</summary>
    /// <returns>Its id.</returns>
    public async Task<Guid> RetrySuspendedAsync(string reason, string? key = null)
    {
        var (_, job) = await AskAsync(
            "POST",
            "jobs",
            new
            {
                kind = "retry",
                states = (string[])["Suspended"],
                reason,
            },
            key
        );
        return job.GetProperty("id").GetGuid();
    }

    /// <summary>What a second person says to a job that waits for one.</summary>
    public Task<(HttpStatusCode Status, JsonElement Body)> ApproveAsync(Guid job, string key) =>
        AskAsync("POST", $"jobs/{job}/approve", new { reason = "I have looked at it" }, key);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await System.DisposeAsync();
    }
}
