using System.Data;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;

namespace Loyalty.Messaging.Store.Audit;

/// <summary>Who does what, before it is done.</summary>
/// <param name="Act">In a word or two.</param>
/// <param name="Subject">To what: <c>order W-1001</c>.</param>
/// <param name="Reason">In the actor's words.</param>
/// <param name="Details">Kept as JSON; no whole collector number, no message body.</param>
public sealed record AuditedAct(string Actor, string Role, string Act, string Subject, string? Reason = null, object? Details = null);

/// <summary>
/// The record of what people do. It is only ever added to (the database refuses anything else), and each record holds the hash of the one
/// before:
/// what is changed or taken out behind our back breaks the chain.
/// </summary>
public sealed class AuditTrail(LoyaltyDbContext context, TimeProvider time)
{
    /// <summary>One at a time, over all processes: the next record needs the hash of the last.</summary>
    const long Turnstile = 0x4C6F79616C747941;
    const int LongestText = 2000;
    const int MostVerifiedAtOnce = 1000;

    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter() },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Adds a record, in the context's transaction when there is one. When this fails the act must not be done.</summary>
    /// <returns>The record's number.</returns>
    public async Task<long> AppendAsync(AuditedAct act, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(act);
        await using var transaction = context.Database.CurrentTransaction is null
            ? await context.Database.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken)
            : null;
        await context.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({Turnstile})", cancellationToken);
        var last = await context
            .Audit.OrderByDescending(row => row.Sequence)
            .Select(row => new { row.Sequence, row.Hash })
            .FirstOrDefaultAsync(cancellationToken);
        var record = new AuditRecord
        {
            Sequence = (last?.Sequence ?? 0) + 1,
            At = DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds()),
            Actor = Cut(act.Actor)!,
            Role = act.Role,
            Act = act.Act,
            Subject = Cut(act.Subject)!,
            Reason = Cut(act.Reason),
            Details = act.Details is null ? null : JsonSerializer.Serialize(act.Details, Json),
            Previous = last?.Hash ?? new byte[32],
        };
        record.Hash = record.Fingerprint();
        await context.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO audit (sequence, at, actor, role, act, subject, reason, details, previous, hash)
            VALUES ({record.Sequence}, {record.At}, {record.Actor}, {record.Role}, {record.Act}, {record.Subject}, {record.Reason},
                {record.Details}, {record.Previous}, {record.Hash})
            """,
            cancellationToken
        );
        if (transaction is not null)
            await transaction.CommitAsync(cancellationToken);
        return record.Sequence;
    }

    /// <summary>The newest first.</summary>
    /// <param name="subject">Only what was done to this; null for everything.</param>
    /// <param name="before">Only records with a smaller number; null from the newest.</param>
    public Task<List<AuditRecord>> ReadAsync(string? subject, long? before, int limit, CancellationToken cancellationToken) =>
        context
            .Audit.Where(row => (subject == null || row.Subject == subject) && (before == null || row.Sequence < before))
            .OrderByDescending(row => row.Sequence)
            .Take(limit)
            .ToListAsync(cancellationToken);

    /// <summary>Everything, the oldest first.</summary>
    public IAsyncEnumerable<AuditRecord> AllAsync() => context.Audit.OrderBy(row => row.Sequence).AsAsyncEnumerable();

    /// <summary>Walks the whole chain.</summary>
    /// <returns>What is wrong with it, as a sentence; null when nothing is.</returns>
    public async Task<string?> VerifyAsync(CancellationToken cancellationToken)
    {
        var (sequence, hash) = (0L, new byte[32]);
        while (true)
        {
            var after = sequence;
            var records = await context
                .Audit.Where(row => row.Sequence > after)
                .OrderBy(row => row.Sequence)
                .Take(MostVerifiedAtOnce)
                .ToListAsync(cancellationToken);
            if (records.Count == 0)
                return null;
            foreach (var record in records)
            {
                if (record.Sequence != sequence + 1)
                    return $"Record {sequence + 1} is missing";
                if (!record.Previous.AsSpan().SequenceEqual(hash))
                    return $"Record {record.Sequence} does not follow on record {sequence}: one of them was changed";
                if (!record.Fingerprint().AsSpan().SequenceEqual(record.Hash))
                    return $"Record {record.Sequence} was changed";
                (sequence, hash) = (record.Sequence, record.Hash);
            }
        }
    }

    static string? Cut(string? text) => text is null || text.Length <= LongestText ? text : text[..LongestText];
}
