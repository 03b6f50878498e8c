using Loyalty.Messaging.Sagas;

namespace Loyalty.Messaging.Store.Days;

/// <summary>What a transaction day should have brought at the issuer, as far as we know.</summary>
public sealed record DayLedger
{
    /// <summary>The issuer's transaction day, in the configured zone.</summary>
    public required DateOnly Day { get; init; }
    public required IReadOnlyList<DayTotal> Totals { get; init; }
    public required IReadOnlyList<DayEntry> Entries { get; init; }
}

/// <summary>How many calls and how many whole miles.</summary>
public sealed record DaySum(long Count, long Miles);

/// <summary>One sponsor's issuances or reversals of the day.</summary>
public sealed record DayTotal
{
    public string? SponsorCode { get; init; }

    /// <summary><c>issue</c> or <c>reverse</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>All that has miles to issue or to take back; the others below are parts of it.</summary>
    public required DaySum Expected { get; init; }

    /// <summary>The issuer was asked at least once.</summary>
    public required DaySum Attempted { get; init; }
    public required DaySum Confirmed { get; init; }

    /// <summary>Accepted, not yet final.</summary>
    public required DaySum Pending { get; init; }
    public required DaySum Rejected { get; init; }

    /// <summary>On the way, waiting for the next try, or suspended: whether it took effect is not known.</summary>
    public required DaySum Unknown { get; init; }
}

/// <summary>One issuance or reversal of the day.</summary>
public sealed record DayEntry
{
    public required string Kind { get; init; }
    public required string OrderId { get; init; }
    public string? RefundId { get; init; }
    public required string State { get; init; }
    public required Standing Standing { get; init; }

    /// <summary>Whole miles, positive on reversals too.</summary>
    public required int Miles { get; init; }
    public string? SponsorCode { get; init; }
    public string? ClientTransactionId { get; init; }
    public string? TransactionId { get; init; }
    public DateTimeOffset? RequestedAt { get; init; }
    public required bool Attempted { get; init; }
}

/// <summary>What we know of a call's effect.</summary>
[System.Text.Json.Serialization.JsonConverter(typeof(System.Text.Json.Serialization.JsonStringEnumConverter<Standing>))]
public enum Standing
{
    /// <summary>No miles: held, not earned, not required, cancelled.</summary>
    NothingToDo,
    Confirmed,
    Pending,
    Rejected,
    Unknown,
}

internal static class Standings
{
    /// <param name="state">Null: one that this version does not know.</param>
    public static Standing Of(StateMeaning? state, int miles) =>
        state?.Effect switch
        {
            _ when miles == 0 => Standing.NothingToDo,
            CallEffect.Confirmed => Standing.Confirmed,
            CallEffect.Pending => Standing.Pending,
            CallEffect.Rejected => Standing.Rejected,
            CallEffect.None => Standing.NothingToDo,
            _ => Standing.Unknown,
        };
}
