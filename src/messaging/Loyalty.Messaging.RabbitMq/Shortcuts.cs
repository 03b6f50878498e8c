namespace Loyalty.Messaging.RabbitMq;

/// <summary>
/// The ways past MassTransit and the client, each of which can be left out to measure what it gives: by a switch of the runtime,
/// <c>Loyalty.Messaging.NAME</c>, that is false.
/// Not settings: nobody needs one of them off, and every one of them has to be worth its lines.
/// </summary>
internal static class Shortcuts
{
    /// <summary>Deliveries are handed to the thread pool by one loop.</summary>
    public static bool Handover { get; } = IsTaken(nameof(Handover));

    /// <summary>Many deliveries are acknowledged at once.</summary>
    public static bool AckBatch { get; } = IsTaken(nameof(AckBatch));

    /// <summary>What the outbox has committed does not go through the bus's way to send.</summary>
    public static bool DirectPublish { get; } = IsTaken(nameof(DirectPublish));

    /// <summary>Our own envelopes are read in one pass.</summary>
    public static bool EnvelopeReader { get; } = IsTaken(nameof(EnvelopeReader));

    static bool IsTaken(string name) => !AppContext.TryGetSwitch($"Loyalty.Messaging.{name}", out var taken) || taken;
}
