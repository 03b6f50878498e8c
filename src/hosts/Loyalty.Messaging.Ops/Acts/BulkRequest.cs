using Loyalty.Messaging.Store.Orders;

namespace Loyalty.Messaging.Ops.Acts;

/// <summary>One decision about many. What is absent does not narrow, but something has to.</summary>
internal sealed record BulkRequest
{
    public const int FastestRate = 100;

    /// <summary><c>retry</c> or <c>cancel</c>.</summary>
    public string? Kind { get; init; }

    /// <summary>Names of states.</summary>
    public IReadOnlyList<string>? States { get; init; }

    /// <summary><c>issue</c> or <c>reverse</c>; both when absent.</summary>
    public string? What { get; init; }

    /// <summary>Only those stuck in their state.</summary>
    public bool Stuck { get; init; }

    /// <summary>The issuer's transaction day.</summary>
    public DateOnly? Day { get; init; }

    /// <summary>In this state since this instant or later.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>In this state since before this instant.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Only says to how many it would be done.</summary>
    public bool Preview { get; init; }

    /// <summary>1 to 100 a second; default 20.</summary>
    public int? Rate { get; init; }
    public string? Reason { get; init; }

    /// <summary>Identifies the request, so that it can be retried safely; made here when absent.</summary>
    public Guid? Id { get; init; }

    public OrderFilter Filter =>
        new()
        {
            Kind = What,
            States = States ?? [],
            Stuck = Stuck,
            Day = Day,
            From = From,
            To = To,
        };

    public string? Mistake() =>
        Kind is null || !BulkDecisions.Kinds.Contains(Kind) ? $"kind must be one of {string.Join(", ", BulkDecisions.Kinds)}"
        : What is not (null or SagaKind.Issue or SagaKind.Reverse) ? $"what must be {SagaKind.Issue} or {SagaKind.Reverse}"
        : States?.FirstOrDefault(state => !SagaKind.States.Contains(state)) is { } unknown
            ? $"state {unknown} does not exist; there are {string.Join(", ", SagaKind.States)}"
        : BulkDecisions.Mistake(Filter) is { } tooWide ? tooWide
        : Rate is < 1 or > FastestRate ? $"rate must be from 1 to {FastestRate} a second"
        : null;
}
