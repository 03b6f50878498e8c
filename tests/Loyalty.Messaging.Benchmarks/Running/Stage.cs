using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Loyalty.Messaging.Benchmarks.Backlog;
using Loyalty.Messaging.Benchmarks.Issuer;
using Loyalty.Messaging.Benchmarks.Measuring;
using Loyalty.Messaging.Benchmarks.Modes;
using Loyalty.Messaging.TestKit;
using Npgsql;

namespace Loyalty.Messaging.Benchmarks.Running;

/// <summary>Everything that one run needs, fresh: a virtual host, a database, an issuer and workers as processes of their own.</summary>
internal sealed class Stage : IAsyncDisposable
{
    const string Bench = "Loyalty.Messaging.Benchmarks";
    const string Worker = "Loyalty.Messaging.Worker";
    readonly HttpClient _issuerApi = new();
    readonly List<Gauge> _gauges = [];
    readonly List<Application> _workers = [];
    readonly bool _ownsDatabase;
    NpgsqlDataSource? _look;

    Stage(Mode mode, TestVhost vhost, TestDatabase? database, bool ownsDatabase, Application issuer, Uri issuerAddress) =>
        (Mode, Vhost, Database, _ownsDatabase, Issuer, _issuerApi.BaseAddress) = (
            mode,
            vhost,
            database,
            ownsDatabase,
            issuer,
            issuerAddress
        );

    public Mode Mode { get; }
    public TestVhost Vhost { get; }

    /// <summary>Null in a mode without persistence.</summary>
    public TestDatabase? Database { get; }
    public Application Issuer { get; }
    public IReadOnlyList<Application> Workers => _workers;
    public IReadOnlyList<Gauge> Gauges => _gauges;

    /// <summary>From the start of the first worker's process to its answer that it is ready.</summary>
    public TimeSpan ReadyAfter { get; private set; }

    /// <summary>How often <see cref="QuietAsync"/> has asked: a commit each, that is not the product's.</summary>
    public int Looks { get; private set; }

    /// <summary>All but the workers.</summary>
    /// <param name="filled">Only for the mode that is named so.</param>
    public static async Task<Stage> SetAsync(Mode mode, Options options, FilledDatabase? filled)
    {
        var issuerAddress = new Uri($"http://127.0.0.1:{Ports.Next()}");
        var issuer = Application.Start(
            Bench,
            Bench,
            new Dictionary<string, string>(),
            IssuerHost.Verb,
            "--urls",
            issuerAddress.ToString(),
            "--delay",
            IssuerDelay(mode, options).TotalMilliseconds.ToString(CultureInfo.InvariantCulture)
        );
        var stage = new Stage(
            mode,
            await TestVhost.CreateAsync(),
            filled?.Database ?? (mode.Persists ? await TestDatabase.CreateAsync() : null),
            filled is null,
            issuer,
            issuerAddress
        );
        try
        {
            if (filled is not null)
                await filled.PrepareAsync();
            else if (stage.Database is { } database)
                await Migration.RunAsync(database);
            if (mode == Mode.Backlog)
                await OutboxBacklog.FillAsync(stage.Database!.ConnectionString, options.Backlog);
            if (mode.Persists)
                await SpareSegments.MakeAsync();
            await issuer.ReadyAsync(new Uri(issuerAddress, "/health"));
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Longer than the mode's own when that is asked for: where the cores are the limit, three workers show nothing else.
    /// </summary>
    static TimeSpan IssuerDelay(Mode mode, Options options) =>
        mode.IssuerDelay is { } least && least > options.IssuerDelay ? least : options.IssuerDelay;

    public async Task StartWorkersAsync(int count)
    {
        while (_workers.Count < count)
            await StartWorkerAsync();
        // The first has all lanes until the others are known.
        if (count == 1 || !Mode.Persists)
            return;
        await Eventually.SeeAsync(
            () => Database!.ScalarAsync<bool>(SharedSql(count)),
            shared => shared,
            "the lanes to be shared evenly",
            TimeSpan.FromSeconds(60)
        );
        // Afterwards nobody but the workers is to be connected.
        NpgsqlConnection.ClearAllPools();
    }

    static string SharedSql(int workers) =>
        $"""
            SELECT count(*) = {workers} AND max(lanes) - min(lanes) <= 1 FROM (SELECT count(*) AS lanes FROM lane WHERE owner IS NOT NULL
                GROUP BY owner) AS shares
            """;

    public async Task<Effects> EffectsAsync() =>
        (await _issuerApi.GetFromJsonAsync<Effects>(new Uri("/effects", UriKind.Relative), JsonSerializerOptions.Web))!;

    /// <summary>How long the issuer took for its answers since this was asked last.</summary>
    public async Task<AnswerLatency> IssuerLatencyAsync() =>
        (await _issuerApi.GetFromJsonAsync<AnswerLatency>(new Uri("/latency", UriKind.Relative), JsonSerializerOptions.Web))!;

    /// <summary>Waits until no message is left in the outbox: what was sent is deleted a moment later, in batches.</summary>
    public async Task QuietAsync()
    {
        if (Database is not null && Mode != Mode.Backlog)
            await Eventually.SeeAsync(RowsWaitingAsync, rows => rows == 0, "the outbox to be empty", TimeSpan.FromSeconds(60));
    }

    /// <summary>As an orchestrator stops them.</summary>
    public async Task StopWorkersAsync()
    {
        if (_look is not null)
            await _look.DisposeAsync();
        _look = null;
        await Task.WhenAll(_workers.Select(worker => worker.StopAsync()));
    }

    /// <exception cref="RunFailedException">A worker has ended by itself.</exception>
    public void MustLive()
    {
        if (_workers.Find(worker => worker.HasExited) is { } dead)
            throw new RunFailedException($"A worker of mode {Mode.Name} ended with code {dead.ExitCode}:\n{dead.Output}");
    }

    public async Task<long> RowsWaitingAsync()
    {
        if (_look is null)
        {
            var source = new NpgsqlDataSourceBuilder(
                new NpgsqlConnectionStringBuilder(Database!.ConnectionString) { MaxPoolSize = 1, NoResetOnClose = true }.ConnectionString
            );
            // That would be statements in the measured database.
            source.ConfigureTypeLoading(types => types.EnableTypeLoading(false));
            _look = source.Build();
        }
        Looks++;
        await using var command = _look.CreateCommand($"SELECT {DatabaseCounters.Marked} count(*) FROM outbox");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    async Task StartWorkerAsync()
    {
        var address = new Uri($"http://127.0.0.1:{Ports.Next()}");
        var gauge = new Gauge();
        _gauges.Add(gauge);
        var settings = Settings(gauge);
        var started = TimeProvider.System.GetTimestamp();
        var worker = Mode.Persists
            ? Application.Start(Worker, Worker, settings, "--urls", address.ToString())
            : Application.Start(Bench, Bench, settings, BareHost.Verb, "--urls", address.ToString());
        _workers.Add(worker);
        await worker.ReadyAsync(new Uri(address, "/health/ready"));
        if (_workers.Count == 1)
            ReadyAfter = TimeProvider.System.GetElapsedTime(started);
    }

    Dictionary<string, string> Settings(Gauge gauge)
    {
        var issuer = _issuerApi.BaseAddress!;
        var settings = new Dictionary<string, string>(Mode.Settings)
        {
            ["RabbitMq__Uri"] = Vhost.Uri.ToString(),
            ["AirMiles__BaseAddress"] = issuer.ToString(),
            ["AirMiles__TokenEndpoint"] = new Uri(issuer, "/oauth/token").ToString(),
            ["AirMiles__ClientId"] = "partner",
            ["AirMiles__ClientSecret"] = "secret-of-the-bench",
            ["AirMiles__SponsorCode"] = "KENY",
            // The bench's orders are of a fixed day and of few collectors.
            ["Plausibility__OrderAge"] = "0",
            ["Plausibility__MilesPerCollectorAndDay"] = "2000000000",
        };
        foreach (var (key, value) in gauge.Settings)
            settings[key] = value;
        if (Database is not null)
            settings["ConnectionStrings__Loyalty"] = Database.ConnectionString;
        else
            foreach (var (key, value) in WorkerRuntime.Settings())
                settings[key] = value;
        return settings;
    }

    public async ValueTask DisposeAsync()
    {
        if (_look is not null)
            await _look.DisposeAsync();
        foreach (var worker in _workers)
            await worker.DisposeAsync();
        foreach (var gauge in _gauges)
            gauge.Dispose();
        _issuerApi.Dispose();
        await Issuer.DisposeAsync();
        await Vhost.DisposeAsync();
        if (_ownsDatabase && Database is not null)
            await Database.DisposeAsync();
    }
}
