namespace Loyalty.Messaging.TestKit;

/// <summary>
/// The whole system on real parts: a database and a virtual host of its own, the strict issuer, and workers as processes.
/// Everything is put in through the broker and looked at from outside.
/// </summary>
public sealed class LoyaltySystem : IAsyncDisposable
{
    public static readonly string[] OutgoingExchanges =
    [
        "loyalty.miles-issued",
        "loyalty.miles-issuance-rejected",
        "loyalty.miles-issuance-suspended",
        "loyalty.miles-not-earned",
        "loyalty.miles-reversed",
        "loyalty.miles-reversal-rejected",
        "loyalty.miles-reversal-suspended",
        "loyalty.miles-reversal-not-required",
    ];

    readonly List<Application> _applications = [];

    LoyaltySystem(TestDatabase database, TestVhost vhost, Issuer issuer)
    {
        (Database, Vhost, Issuer) = (database, vhost, issuer);
        Commerce = new Commerce(vhost);
        Events = new Listener(vhost, OutgoingExchanges);
        DeadLetters = new Listener(vhost, "loyalty.dead-letters");
    }

    public TestDatabase Database { get; }
    public TestVhost Vhost { get; }
    public Issuer Issuer { get; }
    public Commerce Commerce { get; }

    /// <summary>What a subscriber of all our events hears.</summary>
    public Listener Events { get; }

    /// <summary>What comes into the dead letters.</summary>
    public Listener DeadLetters { get; }

    /// <summary>Further settings of the workers started from now on.</summary>
    public Dictionary<string, string> Settings { get; } = [];
    public IReadOnlyList<Application> Applications => _applications;

    /// <summary>Starts everything but the workers.</summary>
    /// <param name="migrated">False leaves the database empty, for <see cref="MigrateAsync"/> to come.</param>
    public static async Task<LoyaltySystem> CreateAsync(bool migrated = true)
    {
        var database = migrated
            ? await TestDatabase.CopyAsync(nameof(LoyaltySystem), Migration.RunAsync)
            : await TestDatabase.CreateAsync();
        var vhost = await TestVhost.CreateAsync();
        var issuer = await Issuer.StartAsync();
        var system = new LoyaltySystem(database, vhost, issuer);
        await system.Events.StartAsync();
        await system.DeadLetters.StartAsync();
        return system;
    }

    public static async Task<LoyaltySystem> StartAsync()
    {
        var system = await CreateAsync();
        await system.StartWorkerAsync();
        return system;
    }

    public async Task<Application> StartWorkerAsync(string? crashAt = null, int crashHit = 1)
    {
        var settings = WorkerSettings();
        if (crashAt is not null)
        {
            settings["DOTNET_STARTUP_HOOKS"] = Repository.Program("Loyalty.Messaging.CrashPoints", "Loyalty.Messaging.CrashPoints");
            settings["CRASH_AT"] = crashAt;
            settings["CRASH_HIT"] = crashHit.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }
        var (worker, address) = LaunchWorker(settings);
        await worker.ReadyAsync(new Uri(address, "/health/ready"));
        return worker;
    }

    /// <summary>Starts a worker and does not wait: for those that cannot be ready yet.</summary>
    public (Application Worker, Uri Address) LaunchWorker(IReadOnlyDictionary<string, string> settings)
    {
        var address = $"http://127.0.0.1:{Ports.Next()}";
        var worker = Application.Start("Loyalty.Messaging.Worker", "Loyalty.Messaging.Worker", settings, "--urls", address);
        _applications.Add(worker);
        return (worker, new Uri(address));
    }

    /// <summary>The ops host, on loopback without keys.</summary>
    /// <param name="others">Settings that are to be different.</param>
    public async Task<Uri> StartOpsAsync(IReadOnlyDictionary<string, string>? others = null)
    {
        var address = $"http://127.0.0.1:{Ports.Next()}";
        var settings = WorkerSettings();
        settings["ASPNETCORE_ENVIRONMENT"] = "Development";
        settings["Ops__Urls"] = address;
        foreach (var (key, value) in others ?? new Dictionary<string, string>())
            settings[key] = value;
        var ops = Application.Start("Loyalty.Messaging.Ops", "Loyalty.Messaging.Ops", settings);
        _applications.Add(ops);
        await ops.ReadyAsync(new Uri($"{address}/health/ready"));
        return new Uri(address);
    }

    public Dictionary<string, string> WorkerSettings()
    {
        var settings = new Dictionary<string, string>(Settings)
        {
            ["AirMiles__BaseAddress"] = Issuer.Address.ToString(),
            ["AirMiles__TokenEndpoint"] = new Uri(Issuer.Address, "/oauth/token").ToString(),
            ["AirMiles__ClientId"] = "partner",
            ["AirMiles__ClientSecret"] = "secret-of-the-simulator",
            ["AirMiles__SponsorCode"] = "KENY",
        };
        settings.TryAdd("ConnectionStrings__Loyalty", Database.ConnectionString);
        settings.TryAdd("RabbitMq__Uri", Vhost.Uri.ToString());
        settings.TryAdd("RabbitMq__Partitions", "4");
        // Tests that end workers wait for it.
        settings.TryAdd("RabbitMq__LanePatience", "00:00:05");
        settings.TryAdd("AirMiles__RetryDelay", "00:00:00.050");
        settings.TryAdd("Timing__RetryDelays", "none");
        // The orders of the tests have a fixed day.
        settings.TryAdd("Plausibility__OrderAge", "0");
        return settings;
    }

    public Task<string?> OrderStateAsync(string orderId) =>
        Database.ScalarAsync<string>($"SELECT current_state FROM issuance WHERE order_id = '{orderId}'");

    public Task<string?> RefundStateAsync(string refundId) =>
        Database.ScalarAsync<string>($"SELECT current_state FROM reversal WHERE refund_id = '{refundId}'");

    public Task OrderIsAsync(string orderId, string state, TimeSpan? within = null) =>
        Eventually.SeeAsync(() => OrderStateAsync(orderId), seen => seen == state, $"order {orderId} to be {state}", within);

    public Task RefundIsAsync(string refundId, string state, TimeSpan? within = null) =>
        Eventually.SeeAsync(() => RefundStateAsync(refundId), seen => seen == state, $"refund {refundId} to be {state}", within);

    /// <summary>An order whose call fails in every try, and waits for a person.</summary>
    /// <param name="effect">What the issuer does all the same: <c>before</c> its answer, or <c>none</c>.</param>
    public async Task SuspendAsync(string orderId, string collector = "80085102028", string effect = "none")
    {
        await Issuer.FailAsync($"I-{orderId}", effect);
        await Commerce.CompleteAsync(Commerce.Order(orderId, collector));
        await OrderIsAsync(orderId, "Suspended");
    }

    /// <summary>An order to which the issuer says no, once.</summary>
    public async Task RejectAsync(string orderId, string collector = "80085102028", decimal amount = 163.98m)
    {
        await Issuer.ScriptAsync(
            new { match = new { clientTransactionId = $"I-{orderId}" }, answer = new { status = 400, effect = "none" } }
        );
        await Commerce.CompleteAsync(Commerce.Order(orderId, collector, amount));
        await OrderIsAsync(orderId, "Rejected");
    }

    /// <summary>Nothing waits any more: no message in our queues, no row in the outbox, no saga on its way.</summary>
    public Task QuietAsync(TimeSpan? within = null) =>
        Eventually.SeeAsync(
            async () =>
            {
                var depths = (await Vhost.DepthsAsync())
                    .Where(queue =>
                        queue.Key.StartsWith("loyalty.", StringComparison.Ordinal) && queue.Key != "loyalty.dead-letters" && queue.Value > 0
                    )
                    .ToList();
                var outbox = await Database.ScalarAsync<long>("SELECT count(*) FROM outbox");
                var onTheWay = await Database.ScalarAsync<long>(
                    """
                    SELECT (SELECT count(*) FROM issuance WHERE current_state = 'Issuing') + (SELECT count(*) FROM reversal
                        WHERE current_state IN ('AwaitingIssuance', 'Reversing'))
                    """
                );
                return (
                    Waiting: depths.Sum(queue => queue.Value) + outbox + onTheWay,
                    Text: $"{string.Join(", ", depths)} outbox {outbox} sagas on their way {onTheWay}"
                );
            },
            seen => seen.Waiting == 0,
            "everything to come to rest",
            within ?? TimeSpan.FromSeconds(60)
        );

    public Task MigrateAsync() => Migration.RunAsync(Database);

    /// <summary>True for a test that makes the issuer complain on purpose.</summary>
    public bool BreachesExpected { get; set; }

    /// <exception cref="InvalidOperationException">The strict issuer has complained of something.</exception>
    public async ValueTask DisposeAsync()
    {
        var breaches = BreachesExpected || Issuer.Application.HasExited ? [] : await Issuer.BreachesAsync();
        await DisposePartsAsync();
        if (breaches.Count > 0)
            throw new InvalidOperationException($"The issuer recorded breaches: {string.Join("; ", breaches)}");
    }

    async Task DisposePartsAsync()
    {
        foreach (var application in _applications)
            await application.DisposeAsync();
        await Commerce.DisposeAsync();
        await Events.DisposeAsync();
        await DeadLetters.DisposeAsync();
        await Issuer.DisposeAsync();
        await Vhost.DisposeAsync();
        await Database.DisposeAsync();
    }
}
