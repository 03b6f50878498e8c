namespace Loyalty.Messaging.DeadLetters.Replaying;

/// <summary>What sending a dead letter again would do.</summary>
[System.Text.Json.Serialization.JsonConverter(typeof(System.Text.Json.Serialization.JsonStringEnumConverter<Effect>))]
public enum Effect
{
    /// <summary>Miles would be issued.</summary>
    Issues,

    /// <summary>Miles would be taken back.</summary>
    Reverses,

    /// <summary>Nothing: what it asks for is settled already.</summary>
    Nothing,

    /// <summary>It would be refused again, for certain.</summary>
    RefusedAgain,

    /// <summary>It would wait behind something else.</summary>
    Waits,

    /// <summary>
    /// The same step once more: whether it takes effect depends on what the saga or the issuer knows; it cannot take effect twice.
    /// </summary>
    Repeats,
}

/// <summary>What sending one dead letter again would do.</summary>
/// <param name="Miles">To be issued or taken back; null when that cannot be told.</param>
/// <param name="Sentence">For the person who decides.</param>
public sealed record Forecast(Effect Effect, int? Miles, string Sentence)
{
    /// <summary>What can be told of the miles where their number cannot: there are no more than these.</summary>
    public int? Bound { get; init; }

    /// <summary>So many miles are moved at most, whatever comes of it; null when there is no telling.</summary>
    public int? Most => Effect is Effect.Nothing or Effect.RefusedAgain ? 0 : Miles ?? Bound;
}

/// <summary>What sending many again would do, counted.</summary>
public sealed record ReplayPreview
{
    /// <summary>How many would be sent or left out.</summary>
    public required int Total { get; init; }

    /// <summary>How many would have which effect.</summary>
    public required IReadOnlyDictionary<Effect, int> Effects { get; init; }
    public required long MilesToIssue { get; init; }
    public required long MilesToReverse { get; init; }

    /// <summary>Whose miles cannot be told before.</summary>
    public required int MilesUnknown { get; init; }

    /// <summary>Why a second person would have to say yes; absent when nobody has to.</summary>
    public string? NeedsApproval { get; init; }

    /// <summary>The first of each effect, with their sentences.</summary>
    public required IReadOnlyList<ReplayExample> Examples { get; init; }
}

/// <summary>What would become of one of them.</summary>
public sealed record ReplayExample(Guid DeadLetterId, string? OrderId, string? RefundId, Effect Effect, int? Miles, string Sentence);
