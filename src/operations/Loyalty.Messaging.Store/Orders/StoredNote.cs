using System.Text.Json;
using Loyalty.Messaging.Delivery.Journal;

namespace Loyalty.Messaging.Store.Orders;

/// <summary>
/// A note of the journal as it is stored, whichever kind it is. Read leniently: a note that an older or newer version wrote must not hide
/// the rest of the timeline.
/// </summary>
internal sealed record StoredNote
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public string Kind { get; init; } = "";
    public string? Message { get; init; }
    public string? Operation { get; init; }
    public Guid? IdempotencyKey { get; init; }
    public IReadOnlyList<StoredAttempt>? Attempts { get; init; }
    public string? RefundId { get; init; }
    public int? Miles { get; init; }
    public string? Reason { get; init; }
    public string? Act { get; init; }
    public string? Actor { get; init; }
    public string? Refusal { get; init; }
    public string? Purpose { get; init; }
    public DateTimeOffset? DueAt { get; init; }
    public IReadOnlyList<StoredChange>? Changes { get; init; }

    /// <summary>The call that a correction has taken the place of, masked.</summary>
    public string? Request { get; init; }

    public static IReadOnlyList<StoredNote> All(string? notes) => Read<StoredNote>(notes);

    public static IReadOnlyList<SentMessage> Sent(string? sent) => Read<SentMessage>(sent);

    static List<T> Read<T>(string? stored)
    {
        try
        {
            return stored is null ? [] : JsonSerializer.Deserialize<List<T>>(stored, Json) ?? [];
        }
        catch (JsonException)
        {
            return [];
        }
    }
}

/// <summary>A value before and after a correction.</summary>
internal sealed record StoredChange(string Field, string? Before, string? After);

/// <summary>One try of a call to the issuer.</summary>
internal sealed record StoredAttempt(
    DateTimeOffset StartedAt,
    TimeSpan Duration,
    int? Status,
    string? ResponseCode,
    string? Failure,
    string? Response
);
