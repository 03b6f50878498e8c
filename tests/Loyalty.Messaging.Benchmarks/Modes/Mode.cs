namespace Loyalty.Messaging.Benchmarks.Modes;

/// <summary>What is loaded: the product in one of its settings, or the reference without persistence.</summary>
/// <param name="Name">As on the command line.</param>
/// <param name="Settings">Beyond what every worker needs.</param>
internal sealed record Mode(string Name, IReadOnlyDictionary<string, string> Settings)
{
    /// <summary>The product as configured by default.</summary>
    public static Mode Group { get; } = new("group", new Dictionary<string, string>());

    /// <summary>The product with a transaction for each delivery.</summary>
    public static Mode Single { get; } = new("single", new Dictionary<string, string> { ["Outbox__GroupCommit"] = "false" });

    /// <summary>The same flow on MassTransit with its state in memory, and every message by way of the broker.</summary>
    public static Mode Bare { get; } = new("bare", new Dictionary<string, string> { ["RabbitMq__InProcess"] = "false" });

    /// <summary>The product with a long past in its tables.</summary>
    public static Mode Filled { get; } = new("filled", new Dictionary<string, string>());

    /// <summary>The product while its sweeper sends what an outage has left in the outbox.</summary>
    public static Mode Backlog { get; } = new("backlog", new Dictionary<string, string>());

    /// <summary>A worker that may make few calls at a time, to an issuer that takes its time; and three of them.</summary>
    public static Mode One { get; } =
        new("one", new Dictionary<string, string> { ["AirMiles__MaxConcurrency"] = "32" })
        {
            Workers = 1,
            IssuerDelay = TimeSpan.FromMilliseconds(200),
        };

    public static Mode Three { get; } = One with { Name = "three", Workers = 3 };

    /// <summary>The product without one of its ways past MassTransit.</summary>
    public static IReadOnlyList<Mode> Without { get; } =
    [
        new("-in-process", new Dictionary<string, string> { ["RabbitMq__InProcess"] = "false" }),
        .. new[]
        {
            ("-handover", "Handover"),
            ("-ack-batch", "AckBatch"),
            ("-direct-publish", "DirectPublish"),
            ("-envelope-reader", "EnvelopeReader"),
        }.Select(shortcut => new Mode(shortcut.Item1, new Dictionary<string, string> { ["BENCH_WITHOUT"] = shortcut.Item2 })),
    ];

    /// <summary>Those that run when none are named.</summary>
    public static IReadOnlyList<Mode> Compared { get; } = [Group, Single, Bare];

    public static IReadOnlyList<Mode> All { get; } = [.. Compared, Filled, Backlog, One, Three, .. Without];

    /// <summary>Null: as many as the options say.</summary>
    public int? Workers { get; private init; }

    /// <summary>At least so long; null: what the options say.</summary>
    public TimeSpan? IssuerDelay { get; private init; }

    public bool Persists => this != Bare;

    /// <summary>It takes long to set up, and is compared with <see cref="Group"/> flat out alone.</summary>
    public bool Burdened => this == Filled || this == Backlog;
}
