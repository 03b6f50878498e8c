using Loyalty.Messaging.Store.Paging;
using Microsoft.EntityFrameworkCore;

namespace Loyalty.Messaging.Store.DeadLetters;

/// <summary>Dead letters for people to look at.</summary>
public sealed class DeadLetterQueries(LoyaltyDbContext context)
{
    const int MostGroups = 200;

    /// <summary>The latest first; bodies stay where they are.</summary>
    /// <param name="cursor">Of the previous page; null from the beginning.</param>
    public async Task<DeadLetterSlice> ListAsync(
        DeadLetterSelection selection,
        PageCursor? cursor,
        int limit,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(selection);
        var letters = context.Selected(selection);
        if (cursor is not null)
        {
            var (at, sequence) = (cursor.At, cursor.Number);
            letters = letters.Where(row => row.LastFailedAt < at || (row.LastFailedAt == at && row.Sequence < sequence));
        }
        var rows = await letters
            .OrderByDescending(row => row.LastFailedAt)
            .ThenByDescending(row => row.Sequence)
            .Take(limit + 1)
            .Select(row => new
            {
                row.Sequence,
                Line = new DeadLetterLine
                {
                    Id = row.Id,
                    State = row.State,
                    Kind = row.Kind,
                    Owner = row.Owner,
                    Endpoint = row.Endpoint,
                    MessageType = row.MessageType,
                    Reason = row.Reason,
                    Exception = row.Exception,
                    Group = row.Fingerprint,
                    OrderId = row.OrderId,
                    RefundId = row.RefundId,
                    FirstFailedAt = row.FirstFailedAt,
                    LastFailedAt = row.LastFailedAt,
                    Failures = row.Failures,
                    Replays = row.Replays,
                },
            })
            .ToListAsync(cancellationToken);
        var last = rows.Count > limit ? rows[limit - 1] : null;
        return new DeadLetterSlice
        {
            Items = [.. rows.Take(limit).Select(row => row.Line)],
            Cursor = last is null ? null : new PageCursor(last.Line.LastFailedAt, last.Sequence).ToString(),
        };
    }

    /// <summary>What was given up for the same cause together, the latest first; at most 200 groups.</summary>
    public async Task<IReadOnlyList<DeadLetterGroup>> GroupsAsync(DeadLetterSelection selection, CancellationToken cancellationToken)
    {
        var groups = await context
            .Selected(selection)
            .GroupBy(row => row.Fingerprint)
            .Select(group => new
            {
                Group = group.Key,
                Count = group.LongCount(),
                First = group.Min(row => row.FirstFailedAt),
                Last = group.Max(row => row.LastFailedAt),
                Returned = group.LongCount(row => row.Replays > 0),
            })
            .OrderByDescending(group => group.Last)
            .Take(MostGroups)
            .ToListAsync(cancellationToken);
        var found = new List<DeadLetterGroup>();
        var fingerprints = groups.ConvertAll(group => group.Group);
        var notes = await context
            .DeadLetterNotes.Where(row => fingerprints.Contains(row.Fingerprint))
            .ToDictionaryAsync(row => row.Fingerprint, cancellationToken);
        foreach (var group in groups)
        {
            var example = await context
                .Selected(selection with { Group = group.Group })
                .OrderByDescending(row => row.LastFailedAt)
                .Select(row => new
                {
                    row.Kind,
                    row.Owner,
                    row.Endpoint,
                    row.MessageType,
                    row.Reason,
                    row.Exception,
                })
                .FirstOrDefaultAsync(cancellationToken);
            if (example is not null)
                found.Add(
                    new DeadLetterGroup
                    {
                        Group = group.Group,
                        Count = group.Count,
                        FirstFailedAt = group.First,
                        LastFailedAt = group.Last,
                        Returned = group.Returned,
                        Kind = example.Kind,
                        Owner = example.Owner,
                        Endpoint = example.Endpoint,
                        MessageType = example.MessageType,
                        Reason = example.Reason,
                        Exception = example.Exception,
                        Note = notes.TryGetValue(group.Group, out var note) ? note.Note : null,
                        NoteBy = note?.By,
                    }
                );
        }
        return found;
    }

    /// <returns>Null when there is no such dead letter.</returns>
    public async Task<(DeadLetter Letter, IReadOnlyList<DeadLetterFailure> Failures)?> FindAsync(
        Guid id,
        CancellationToken cancellationToken
    )
    {
        if (await context.DeadLetters.SingleOrDefaultAsync(row => row.Id == id, cancellationToken) is not { } letter)
            return null;
        return (
            letter,
            await context.DeadLetterFailures.Where(row => row.DeadLetterId == id).OrderBy(row => row.At).ToListAsync(cancellationToken)
        );
    }

    /// <summary>Their ids, in the order in which a replay would send them.</summary>
    public Task<List<Guid>> IdsAsync(DeadLetterSelection selection, CancellationToken cancellationToken) =>
        context
            .Selected(selection)
            .OrderBy(row => row.FirstFailedAt)
            .ThenBy(row => row.Sequence)
            .Select(row => row.Id)
            .ToListAsync(cancellationToken);

    /// <summary>Whole rows, in that order.</summary>
    public Task<List<DeadLetter>> LettersAsync(IReadOnlyList<Guid> ids, CancellationToken cancellationToken) =>
        context
            .DeadLetters.Where(row => ids.Contains(row.Id))
            .OrderBy(row => row.FirstFailedAt)
            .ThenBy(row => row.Sequence)
            .ToListAsync(cancellationToken);

    public Task<int> CountAsync(DeadLetterSelection selection, CancellationToken cancellationToken) =>
        context.Selected(selection).CountAsync(cancellationToken);

    /// <summary>How many wait for whom.</summary>
    public async Task<IReadOnlyList<OpenLetters>> OpenByOwnerAsync(CancellationToken cancellationToken) =>
        await context
            .DeadLetters.Where(row => row.State == DeadLetterStates.Open)
            .GroupBy(row => row.Owner)
            .Select(group => new OpenLetters(group.Key, group.LongCount(), group.Min(row => row.FirstFailedAt)))
            .ToListAsync(cancellationToken);
}

/// <summary>What is open of those that one owner must act on.</summary>
/// <param name="OldestAt">When the oldest of them was given up first.</param>
public sealed record OpenLetters(string Owner, long Count, DateTimeOffset OldestAt);

/// <summary>A page of dead letters.</summary>
public sealed record DeadLetterSlice
{
    public required IReadOnlyList<DeadLetterLine> Items { get; init; }

    /// <summary>For the next page; absent on the last.</summary>
    public string? Cursor { get; init; }
}

/// <summary>A dead letter in a list.</summary>
public sealed record DeadLetterLine
{
    public required Guid Id { get; init; }
    public required string State { get; init; }
    public required string Kind { get; init; }

    /// <summary>Who must act.</summary>
    public required string Owner { get; init; }
    public required string Endpoint { get; init; }
    public string? MessageType { get; init; }
    public required string Reason { get; init; }
    public string? Exception { get; init; }
    public required Guid Group { get; init; }
    public string? OrderId { get; init; }
    public string? RefundId { get; init; }
    public required DateTimeOffset FirstFailedAt { get; init; }
    public required DateTimeOffset LastFailedAt { get; init; }
    public required int Failures { get; init; }
    public required int Replays { get; init; }
}

/// <summary>Dead letters with one cause.</summary>
public sealed record DeadLetterGroup
{
    /// <summary>Stable, whatever the ids in its messages.</summary>
    public required Guid Group { get; init; }
    public required long Count { get; init; }

    /// <summary>How many of them have been sent again before, and came back.</summary>
    public required long Returned { get; init; }
    public required DateTimeOffset FirstFailedAt { get; init; }
    public required DateTimeOffset LastFailedAt { get; init; }
    public required string Kind { get; init; }
    public required string Owner { get; init; }
    public required string Endpoint { get; init; }
    public string? MessageType { get; init; }

    /// <summary>Of the latest.</summary>
    public required string Reason { get; init; }
    public string? Exception { get; init; }
    public string? Note { get; init; }
    public string? NoteBy { get; init; }
}
