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

    /// <summary>The same flow on MassTransit with its state in memory.</summary>
    public static Mode Bare { get; } = new("bare", new Dictionary<string, string>());

    public static IReadOnlyList<Mode> All { get; } = [Group, Single, Bare];

    public bool Persists => this != Bare;
}
