using System.Globalization;
using Loyalty.Messaging.Ops.Shared;
using Loyalty.Messaging.Store.Orders;
using Loyalty.Messaging.Store.Paging;
using Microsoft.AspNetCore.Mvc;

namespace Loyalty.Messaging.Ops.Orders;

/// <summary>A question for a list of orders, as it stands in an address.</summary>
internal sealed class OrderListRequest
{
    /// <summary>Names of states, separated by commas.</summary>
    [FromQuery(Name = "state")]
    public string? State { get; set; }

    /// <summary>A whole order id, refund id or clientTransactionId.</summary>
    [FromQuery(Name = "q")]
    public string? Q { get; set; }

    /// <summary>In this state since this instant or later; a day or a time (UTC when no zone is said).</summary>
    [FromQuery(Name = "from")]
    public string? From { get; set; }

    /// <summary>In this state since before this instant.</summary>
    [FromQuery(Name = "to")]
    public string? To { get; set; }

    /// <summary>The issuer's transaction day.</summary>
    [FromQuery(Name = "day")]
    public string? Day { get; set; }

    /// <summary><c>true</c>: only what has been in its state for too long.</summary>
    [FromQuery(Name = "stuck")]
    public string? Stuck { get; set; }

    /// <summary><c>issue</c> or <c>reverse</c>; both when absent.</summary>
    [FromQuery(Name = "kind")]
    public string? Kind { get; set; }

    /// <summary>What the answer before said under <c>next</c>.</summary>
    [FromQuery(Name = "cursor")]
    public string? Cursor { get; set; }

    /// <summary>How many at most; 50 when absent, up to 200.</summary>
    [FromQuery(Name = "limit")]
    public string? Limit { get; set; }

    /// <summary>What is asked for, or what is wrong with the question, as a sentence.</summary>
    public (OrderFilter? Filter, string? Mistake) Read()
    {
        var states = (State ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (Ids.CollectorNumberOf(Q ?? "") is not null)
            return (
                null,
                "q looks like a collector number, which must not stand in an address: send it in the body of POST /api/v1/orders/search"
            );
        if (Array.Find(states, state => !SagaKind.States.Contains(state)) is { } unknown)
            return (null, $"state {unknown} does not exist; there are {string.Join(", ", SagaKind.States)}");
        if (!string.IsNullOrEmpty(Kind) && Kind is not (SagaKind.Issue or SagaKind.Reverse))
            return (null, $"kind must be {SagaKind.Issue} or {SagaKind.Reverse}");
        if (!string.IsNullOrEmpty(Stuck) && Stuck is not ("true" or "false"))
            return (null, "stuck must be true or false");
        if ((Mistake("from", From) ?? Mistake("to", To)) is { } time)
            return (null, time);
        if (!string.IsNullOrEmpty(Day) && DayOf(Day) is null)
            return (null, $"day '{Day}' is not a date: write it as 2026-11-21");
        if (PageCursor.Mistake(Cursor) is { } mistake)
            return (null, mistake);
        var limit = OrderFilter.DefaultLimit;
        if (
            !string.IsNullOrEmpty(Limit)
            && (!int.TryParse(Limit, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > OrderFilter.MaxLimit)
        )
            return (null, $"limit must be a whole number from 1 to {OrderFilter.MaxLimit}");
        return (
            new OrderFilter
            {
                Kind = string.IsNullOrEmpty(Kind) ? null : Kind,
                States = states,
                From = InstantOf(From),
                To = InstantOf(To),
                Day = DayOf(Day),
                Stuck = Stuck == "true",
                Id = string.IsNullOrWhiteSpace(Q) ? null : Q.Trim(),
                Cursor = PageCursor.Parse(Cursor),
                Limit = limit,
            },
            null
        );
    }

    static string? Mistake(string name, string? text) =>
        string.IsNullOrEmpty(text) || InstantOf(text) is not null
            ? null
            : $"{name} '{text}' is not a time: write it as 2026-11-21 or 2026-11-21T15:00:00Z";

    static DateOnly? DayOf(string? text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    static DateTimeOffset? InstantOf(string? text) =>
        DateTimeOffset.TryParse(
            text,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var instant
        )
            ? instant
            : null;
}
