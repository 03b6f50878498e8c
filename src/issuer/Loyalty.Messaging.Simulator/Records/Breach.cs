using System.Text.Json.Serialization;

namespace Loyalty.Messaging.Simulator.Records;

/// <summary>Something that a correct client never does. One of these is a failed verdict.</summary>
internal sealed record Breach(
    string Kind,
    string Detail,
    DateTimeOffset At,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? ClientTransactionId
);

internal static class BreachKind
{
    public const string TokenMissing = "token-missing";
    public const string TokenUnknown = "token-unknown";
    public const string TokenExpired = "token-expired";
    public const string TokenRevoked = "token-revoked";
    public const string InvalidRequest = "invalid-request";
    public const string UnknownPath = "unknown-path";
    public const string SameKeyOtherBody = "same-key-other-body";
    public const string SameTransactionTwoKeys = "same-transaction-two-keys";
    public const string CollectorInParallel = "collector-in-parallel";
    public const string ReversalBeforeIssuance = "reversal-before-issuance";
    public const string ReversalAboveIssuance = "reversal-above-issuance";
    public const string ReversalOfOtherCollector = "reversal-of-other-collector";
    public const string ReversalOfOtherSponsor = "reversal-of-other-sponsor";
}
