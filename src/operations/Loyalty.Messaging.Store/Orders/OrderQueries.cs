using System.Data;
using System.Text;
using Loyalty.Messaging.Sagas.Collectors;
using Loyalty.Messaging.Sagas.Issuance;
using Loyalty.Messaging.Store.DeadLetters;
using Microsoft.EntityFrameworkCore;

namespace Loyalty.Messaging.Store.Orders;

/// <summary>The read side for ops. It tracks and changes nothing.</summary>
public sealed class OrderQueries(LoyaltyDbContext context, StuckLimits limits, TimeProvider time)
{
    const int MostLetters = 100;

    /// <returns>Null when neither the order nor a refund of it has ever come.</returns>
    public async Task<OrderView?> FindOrderAsync(string orderId, CancellationToken cancellationToken)
    {
        // One snapshot: a state must not be shown beside a timeline that has not heard of it.
        await using var snapshot = await context.Database.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        var issuance = await context
            .Issuances.AsNoTracking()
            .Where(row => row.OrderId == orderId)
            .Select(row => new
            {
                row.CorrelationId,
                row.CurrentState,
                row.Miles,
                row.ReversedMiles,
                row.ClientTransactionId,
                row.TransactionId,
                row.CollectorNumber,
                row.SponsorCode,
                row.Reason,
                row.ResponseCode,
                row.EffectUnknown,
                row.CompletedAt,
                row.UpdatedAt,
                row.StateSince,
                row.TransactionDay,
                row.LocationCode,
                row.DeviceId,
                row.Order,
                row.Revision,
                row.IdempotencyKey,
                row.RequestBody,
                row.RequestedAt,
                row.TimerDueAt,
                row.Tries,
            })
            .SingleOrDefaultAsync(cancellationToken);
        var reversals = await context
            .Reversals.AsNoTracking()
            .Where(row => row.OrderId == orderId)
            .OrderBy(row => row.RefundedAt)
            .ThenBy(row => row.RefundId)
            .Select(row => new
            {
                row.CorrelationId,
                row.CollectorNumber,
                row.IdempotencyKey,
                row.RequestBody,
                View = new ReversalView
                {
                    RefundId = row.RefundId,
                    State = row.CurrentState,
                    Miles = row.Miles,
                    ClientTransactionId = row.ClientTransactionId,
                    TransactionId = row.TransactionId,
                    Reason = row.Reason,
                    ResponseCode = row.ResponseCode,
                    EffectUnknown = row.EffectUnknown,
                    RefundedAt = row.RefundedAt,
                    UpdatedAt = row.UpdatedAt,
                    StateSince = row.StateSince,
                    RefundReason = row.RefundReason,
                    Offers = row.Offers,
                    OriginalClientTransactionId = row.OriginalClientTransactionId,
                    Revision = row.Revision,
                    RequestedAt = row.RequestedAt,
                    TimerDueAt = row.TimerDueAt,
                    Tries = row.Tries,
                },
            })
            .ToListAsync(cancellationToken);
        var journal = await context
            .Journal.AsNoTracking()
            .Where(entry => entry.Subject == orderId)
            .OrderBy(entry => entry.Sequence)
            .ToListAsync(cancellationToken);
        if (issuance is null && reversals.Count == 0 && journal.Count == 0)
            return null;

        var refunds = reversals.ToDictionary(row => row.CorrelationId, row => row.View.RefundId);
        Guid[] streams = [.. refunds.Keys, .. issuance is null ? Array.Empty<Guid>() : [issuance.CorrelationId]];
        var outbox = await context
            .Outbox.AsNoTracking()
            .Where(row => streams.Contains(row.Stream))
            .OrderBy(row => row.Sequence)
            .Select(row => new
            {
                row.Stream,
                row.MessageId,
                row.Destination,
                row.MessageType,
                row.CreatedAt,
                row.DueAt,
                row.Scheduled,
                row.Attempts,
                row.ParkedAt,
                row.LastFault,
            })
            .ToListAsync(cancellationToken);
        var waiting = outbox.ConvertAll(row => new WaitingMessage(
            row.MessageId,
            refunds.GetValueOrDefault(row.Stream),
            row.Destination,
            row.MessageType,
            row.CreatedAt,
            row.DueAt,
            row.Scheduled,
            row.Attempts,
            row.ParkedAt,
            row.LastFault
        ));
        var requests = new Dictionary<Guid, string>();
        foreach (
            var (key, body) in reversals
                .Select(row => (row.IdempotencyKey, row.RequestBody))
                .Append((issuance?.IdempotencyKey, issuance?.RequestBody))
        )
            if (key is { } known && body is not null)
                requests[known] = CollectorMask.Of(Encoding.UTF8.GetString(body));
        foreach (var note in journal.SelectMany(entry => StoredNote.All(entry.Notes)))
            if (note is { IdempotencyKey: { } replaced, Request: { } sent })
                requests.TryAdd(replaced, sent);
        string[] subjects = [$"order {orderId}", .. refunds.Values.Select(refund => $"refund {refund}")];
        var acts = await context
            .Audit.Where(row => subjects.Contains(row.Subject) && !DecisionActs.All.Contains(row.Act))
            .OrderBy(row => row.Sequence)
            .ToListAsync(cancellationToken);
        var letters = await GivenUpAsync(orderId, cancellationToken);
        return new OrderView
        {
            OrderId = orderId,
            State = issuance?.CurrentState ?? nameof(IssuanceStateMachine.AwaitingOrder),
            Miles = issuance?.Miles ?? 0,
            ReversedMiles = issuance?.ReversedMiles ?? 0,
            ClientTransactionId = issuance?.ClientTransactionId,
            TransactionId = issuance?.TransactionId,
            Collector = CollectorMask.OfNumber(
                issuance?.CollectorNumber ?? reversals.Select(row => row.CollectorNumber).FirstOrDefault(number => number is not null)
            ),
            SponsorCode = issuance?.SponsorCode,
            Reason = issuance?.Reason,
            ResponseCode = issuance?.ResponseCode,
            EffectUnknown = issuance?.EffectUnknown ?? false,
            CompletedAt = issuance?.CompletedAt,
            UpdatedAt = issuance?.UpdatedAt,
            StateSince = issuance?.StateSince,
            Stuck = issuance is not null && IsStuck(issuance.CurrentState, issuance.StateSince),
            TransactionDay = issuance?.TransactionDay,
            LocationCode = issuance?.LocationCode,
            DeviceId = issuance?.DeviceId,
            RulesVersion = issuance?.Order?.Issued.Rules?.Version,
            Offers = issuance?.Order?.Issued.Offers ?? [],
            Revision = issuance?.Revision ?? 0,
            Request = issuance?.RequestBody is { } request ? CollectorMask.Of(Encoding.UTF8.GetString(request)) : null,
            RequestedAt = issuance?.RequestedAt,
            TimerDueAt = issuance?.TimerDueAt,
            Tries = issuance?.Tries ?? 0,
            Reversals = reversals.ConvertAll(row =>
                row.View with
                {
                    Stuck = IsStuck(row.View.State, row.View.StateSince),
                    Request = row.RequestBody is { } body ? CollectorMask.Of(Encoding.UTF8.GetString(body)) : null,
                }
            ),
            Timeline = Timeline.Of(journal, waiting, requests, acts, letters),
        };
    }

    /// <summary>The latest of what was given up of an order and its refunds.</summary>
    async Task<List<(DeadLetter, IReadOnlyList<DeadLetterFailure>)>> GivenUpAsync(string orderId, CancellationToken cancellationToken)
    {
        var letters = await context
            .DeadLetters.AsNoTracking()
            .Where(row => row.OrderId == orderId)
            .OrderByDescending(row => row.Sequence)
            .Take(MostLetters)
            .Select(row => new DeadLetter
            {
                Id = row.Id,
                State = row.State,
                StateSince = row.StateSince,
                StateBy = row.StateBy,
                StateReason = row.StateReason,
                Endpoint = row.Endpoint,
                MessageType = row.MessageType,
                RefundId = row.RefundId,
            })
            .ToListAsync(cancellationToken);
        var ids = letters.ConvertAll(letter => letter.Id);
        var failures =
            letters.Count == 0
                ? []
                : await context
                    .DeadLetterFailures.AsNoTracking()
                    .Where(row => ids.Contains(row.DeadLetterId))
                    .OrderBy(row => row.At)
                    .ToListAsync(cancellationToken);
        var byLetter = failures.ToLookup(failure => failure.DeadLetterId);
        return letters.ConvertAll(letter => (letter, (IReadOnlyList<DeadLetterFailure>)[.. byLetter[letter.Id]]));
    }

    /// <summary>The whole number. Whoever asks for it has been written down before.</summary>
    /// <returns>Null when there is no such order, or it has not arrived yet.</returns>
    public Task<string?> CollectorNumberAsync(string orderId, CancellationToken cancellationToken) =>
        context.Issuances.Where(row => row.OrderId == orderId).Select(row => row.CollectorNumber).SingleOrDefaultAsync(cancellationToken);

    /// <summary>Which order a refund belongs to.</summary>
    /// <returns>Null when no such refund has arrived.</returns>
    public Task<string?> OrderOfRefundAsync(string refundId, CancellationToken cancellationToken) =>
        context.Reversals.Where(row => row.RefundId == refundId).Select(row => row.OrderId).SingleOrDefaultAsync(cancellationToken);

    /// <param name="subject"><c>order W-1001</c> or <c>refund RF-77</c>.</param>
    /// <returns>Null when it has not arrived.</returns>
    public Task<DecisionSubject?> SubjectAsync(string subject, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(subject);
        var id = subject.Split(' ', 2)[^1];
        if (subject.StartsWith("order ", StringComparison.Ordinal))
            return context
                .Issuances.Where(row => row.OrderId == id)
                .Select(row => new DecisionSubject(row.CurrentState, row.Miles, row.Miles, row.EffectUnknown))
                .SingleOrDefaultAsync(cancellationToken);
        return context
            .Reversals.Where(row => row.RefundId == id)
            .Select(row => new DecisionSubject(
                row.CurrentState,
                row.Miles,
                context.Issuances.Where(order => order.OrderId == row.OrderId).Select(order => order.Miles).FirstOrDefault(),
                row.EffectUnknown
            ))
            .SingleOrDefaultAsync(cancellationToken);
    }

    bool IsStuck(string state, DateTimeOffset since) => limits.IsStuck(state, since, time.GetUtcNow());
}
