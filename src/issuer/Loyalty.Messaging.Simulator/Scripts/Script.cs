using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Loyalty.Messaging.Simulator.Scripts;

internal enum ScriptPath
{
    Post,
    Reverse,
    Echo,
    Inquire,
    Token,
}

internal enum AnswerKind
{
    Normal,
    Never,
    Reset,
    Truncate,
    Html,
    Huge,
    SlowDrip,
    Redirect,
}

internal enum EffectTime
{
    None,
    Before,
    AfterAnswer,
}

/// <summary>What to do the next <see cref="Times"/> times a call matches.</summary>
internal sealed record ScriptRule
{
    public ScriptMatch Match { get; init; } = new();

    /// <summary>How often the rule speaks; null for ever.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int? Times { get; init; } = 1;

    public required ScriptAnswer Answer { get; init; }
}

/// <summary>Which calls a rule speaks to; what is absent matches everything, except that no path never means token.</summary>
internal sealed record ScriptMatch
{
    public ScriptPath? Path { get; init; }

    public string? ClientTransactionId { get; init; }

    public string? ClientTransactionIdPrefix { get; init; }

    public string? CollectorNumber { get; init; }

    public bool Fits(ScriptPath path, string? clientTransactionId, string? collectorNumber) =>
        (Path is null ? path != ScriptPath.Token : Path == path)
        && (ClientTransactionId is null || ClientTransactionId == clientTransactionId)
        && (CollectorNumber is null || CollectorNumber == collectorNumber)
        && (
            ClientTransactionIdPrefix is null
            || (clientTransactionId?.StartsWith(ClientTransactionIdPrefix, StringComparison.Ordinal) ?? false)
        );
}

internal sealed record ScriptAnswer
{
    public AnswerKind Kind { get; init; } = AnswerKind.Normal;

    public int? Status { get; init; }

    /// <summary>JSON, or a string that is sent as it stands (broken JSON, for one).</summary>
    public JsonElement? Body { get; init; }

    public string? ContentType { get; init; }

    public Dictionary<string, string>? Headers { get; init; }

    /// <summary>A response code of ECHO or INQUIRE; status and body follow from it.</summary>
    public string? ResponseCode { get; init; }

    /// <summary>PENDING in the body of a 200.</summary>
    public bool PendingStatus { get; init; }

    public ScriptDelay? Delay { get; init; }

    public EffectTime? Effect { get; init; }

    /// <summary>How long after the answer an <see cref="EffectTime.AfterAnswer"/> effect happens.</summary>
    public ScriptDelay? EffectDelay { get; init; }

    /// <summary>
    /// True: this very answer is given to the key from now on, whatever scripts say. False: it is forgotten, even a 400.
    /// Absent: 200, 202 and 400 are final and remembered, others are not.
    /// </summary>
    public bool? Cache { get; init; }

    public string? Location { get; init; }

    public int? Megabytes { get; init; }

    public ScriptDelay? DripInterval { get; init; }

    public byte[]? BodyBytes() =>
        Body switch
        {
            null => null,
            { ValueKind: JsonValueKind.String } text => Encoding.UTF8.GetBytes(text.GetString()!),
            { } json => Encoding.UTF8.GetBytes(json.GetRawText()),
        };

    /// <summary>
    /// When the effect happens: as said, else at once for an answer that tells success, else not at all. Answers that tell nothing (never,
    /// reset, html, huge, redirect) have none unless said.
    /// </summary>
    [JsonIgnore]
    public EffectTime EffectTime => Effect ?? (TellsSuccess ? EffectTime.Before : EffectTime.None);

    /// <summary>The client can read from this answer that its transaction was taken.</summary>
    [JsonIgnore]
    public bool TellsSuccess =>
        Kind is AnswerKind.Normal or AnswerKind.Truncate or AnswerKind.SlowDrip && Status is null or (>= 200 and < 300);
}
