using Microsoft.EntityFrameworkCore;

namespace Loyalty.Messaging.Store.DeadLetters;

/// <summary>Which dead letters are meant; what is absent does not narrow.</summary>
public sealed record DeadLetterSelection
{
    /// <summary>These and no others.</summary>
    public IReadOnlyList<Guid>? Ids { get; init; }
    public Guid? Group { get; init; }

    /// <summary>Part of body, headers, reason, exception or an id; in any case.</summary>
    public string? Q { get; init; }
    public string? Endpoint { get; init; }

    /// <summary>One of <see cref="DeadLetterStates"/>.</summary>
    public string? State { get; init; }
    public string? Owner { get; init; }
    public string? Kind { get; init; }
    public string? MessageType { get; init; }
    public string? Exception { get; init; }
    public string? OrderId { get; init; }

    /// <summary>Last given up at this time or later.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Last given up before this time.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>In words, for the description of a job.</summary>
    public string InWords()
    {
        if (Ids is { } ids)
            return ids.Count == 1 ? $"dead letter {ids[0]}" : $"{ids.Count} dead letters that were picked";
        string?[] parts =
        [
            Group is null ? null : $"of group {Group}",
            Owner is null ? null : $"for {Owner}",
            Kind is null ? null : $"of kind {Kind}",
            Endpoint is null ? null : $"given up in {Endpoint}",
            MessageType is null ? null : $"of type {MessageType}",
            Exception is null ? null : $"with {Exception}",
            OrderId is null ? null : $"of order {OrderId}",
            Q is null ? null : "that hold the searched text",
            From is null ? null : $"since {From:u}",
            To is null ? null : $"before {To:u}",
        ];
        return $"dead letters {string.Join(", ", parts.Where(part => part is not null))}".TrimEnd();
    }
}

internal static class DeadLetterSelections
{
    public static IQueryable<DeadLetter> Selected(this LoyaltyDbContext context, DeadLetterSelection selection)
    {
        IQueryable<DeadLetter> letters = context.DeadLetters;
        if (selection.Ids is { } ids)
            letters = letters.Where(row => ids.Contains(row.Id));
        if (selection.Group is { } group)
            letters = letters.Where(row => row.Fingerprint == group);
        if (selection.State is { } state)
            letters = letters.Where(row => row.State == state);
        if (selection.Endpoint is { } endpoint)
            letters = letters.Where(row => row.Endpoint == endpoint);
        if (selection.Owner is { } owner)
            letters = letters.Where(row => row.Owner == owner);
        if (selection.Kind is { } kind)
            letters = letters.Where(row => row.Kind == kind);
        if (selection.MessageType is { } type)
            letters = letters.Where(row => row.MessageType == type);
        if (selection.Exception is { } exception)
            letters = letters.Where(row => row.Exception == exception);
        if (selection.OrderId is { } orderId)
            letters = letters.Where(row => row.OrderId == orderId);
        if (selection.From is { } from)
            letters = letters.Where(row => row.LastFailedAt >= from.ToUniversalTime());
        if (selection.To is { } to)
            letters = letters.Where(row => row.LastFailedAt < to.ToUniversalTime());
        if (selection.Q is { Length: > 0 } q)
        {
            var pattern =
                "%"
                + q.ToLowerInvariant()
                    .Replace(@"\", @"\\", StringComparison.Ordinal)
                    .Replace("%", @"\%", StringComparison.Ordinal)
                    .Replace("_", @"\_", StringComparison.Ordinal)
                + "%";
            letters = letters.Where(row =>
                context.DeadLetterTexts.Any(text => text.DeadLetterId == row.Id && EF.Functions.Like(text.Text, pattern))
            );
        }
        return letters;
    }
}
