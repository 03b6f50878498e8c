using System.Text;
using Loyalty.Messaging.AirMiles;

namespace Loyalty.Messaging.Sagas;

/// <summary>
/// What the journal says beyond the delivery and the change of state. The property names are read by ops: they are only ever added to.
/// </summary>
public static class Notes
{
    public sealed record Call(string Kind, string Operation, Guid IdempotencyKey, IReadOnlyList<CallAttempt> Attempts)
    {
        public static Call Made(string operation, Guid key, IReadOnlyList<CallAttempt> attempts) => new("call", operation, key, attempts);
    }

    public sealed record Text(string Kind, string Message)
    {
        public static Text Duplicate { get; } = new("duplicate", "The same event again: ignored");
        public static Text Conflict { get; } =
            new("conflict", "Other content under the same business key: not applied, sent to the dead letters");
        public static Text CheckDigit { get; } =
            new(
                "check-digit",
                "The collector number has a wrong check digit, as of a misread card: the order continues, and the issuer decides"
            );

        public static Text Of(string kind, string message) => new(kind, message);
    }

    /// <summary>What a person decided, and what was said to it.</summary>
    public sealed record Decision(string Kind, string Act, string Actor, string Reason, string? Refusal);

    /// <summary>When the saga comes back to it on its own.</summary>
    public sealed record Timer(string Kind, string Purpose, DateTimeOffset DueAt, string Message)
    {
        public static Timer Of(string purpose, DateTimeOffset dueAt, string message) => new("timer", purpose, dueAt, message);
    }

    /// <summary>What a correction has changed, and the call it takes the place of: the saga keeps the latest alone.</summary>
    /// <param name="Request">Masked; null when nothing had been called.</param>
    public sealed record Correction(string Kind, IReadOnlyList<Change> Changes, Guid? IdempotencyKey, string? Request)
    {
        public static Correction Of(IEnumerable<Change> changes, Guid? replaced, byte[]? body) =>
            new(
                "correction",
                [.. changes.Where(change => change.Before != change.After)],
                replaced,
                body is null ? null : Mask.Collectors(Encoding.UTF8.GetString(body))
            );
    }

    /// <summary>A value before and after; a collector number by its last four digits alone.</summary>
    public sealed record Change(string Field, string? Before, string? After);

    public sealed record Ledger(string Kind, string RefundId, int Miles, string? Reason);
}
