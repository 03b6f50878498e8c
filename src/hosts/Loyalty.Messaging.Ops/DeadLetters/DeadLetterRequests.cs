using Loyalty.Messaging.DeadLetters.Replaying;
using Loyalty.Messaging.Store.DeadLetters;

namespace Loyalty.Messaging.Ops.DeadLetters;

/// <summary>Which dead letters: by id, or by what they have in common.</summary>
internal record SelectionRequest : SelectionTerms
{
    public const int MostIds = 10_000;

    /// <summary>At most 10,000.</summary>
    public IReadOnlyList<Guid>? Ids { get; init; }
    public string? OrderId { get; init; }

    /// <summary>Everything that is open: has to be said, so that an empty request is not taken for it.</summary>
    public bool All { get; init; }

    /// <summary>Why. Required for what changes something.</summary>
    public string? Reason { get; init; }

    /// <summary>Identifies the request, so that it can be retried safely; made here when absent.</summary>
    public Guid? Id { get; init; }

    public DeadLetterSelection Selection => Select(OrderId) with { Ids = Ids };

    public string? SelectionMistake() =>
        Ids is { Count: 0 } ? "ids must not be empty; leave them out to select by what messages have in common"
        : Ids is { Count: > MostIds } ? $"ids must be at most {MostIds}; select by what they have in common"
        : !All && Selection == new DeadLetterSelection()
            ? "say which: ids, group, q, endpoint, owner, kind, type, exception, orderId, from or to; or \"all\": true"
        : null;
}

/// <summary>A replay: what, why, and how carefully. What is absent is the default.</summary>
internal sealed record ReplayRequest : SelectionRequest
{
    /// <summary>Only says what would happen.</summary>
    public bool Preview { get; init; }

    /// <summary>1 to 500 a second; default 100.</summary>
    public int? Rate { get; init; }

    /// <summary>How many to begin with, step by step; default 1, 5, 50.</summary>
    public IReadOnlyList<int>? Ramp { get; init; }

    /// <summary>Stops when one comes back for the cause it had before; default true.</summary>
    public bool? StopOnSame { get; init; }

    /// <summary>Stops when more than this share fails, in percent; default 10.</summary>
    public int? StopShare { get; init; }

    public ReplayOrder Order()
    {
        var order = new ReplayOrder
        {
            Id = Id ?? Guid.NewGuid(),
            Selection = Selection,
            Reason = Reason ?? "",
        };
        return order with
        {
            Rate = Rate ?? order.Rate,
            Ramp = Ramp ?? order.Ramp,
            StopOnSame = StopOnSame ?? order.StopOnSame,
            StopShare = StopShare ?? order.StopShare,
        };
    }
}

/// <summary>An edited event.</summary>
internal sealed record EditRequest
{
    /// <summary>The whole new body. A masked collector number stands for the one in the original.</summary>
    public string? Body { get; init; }
    public string? Reason { get; init; }

    /// <inheritdoc cref="SelectionRequest.Id"/>
    public Guid? Id { get; init; }
}

/// <summary>Add a note to a group, for your colleagues.</summary>
internal sealed record NoteRequest
{
    /// <summary>At most 2,000 characters; empty for none.</summary>
    public string? Note { get; init; }
}

/// <summary>What was edited, and the job that sends it.</summary>
/// <param name="NeedsApproval">Why a second person has to say yes; absent when nobody has to.</param>
internal sealed record EditAnswer(Guid DeadLetterId, Guid? JobId, string? State, string? NeedsApproval);
