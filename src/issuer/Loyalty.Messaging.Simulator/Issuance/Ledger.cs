using Loyalty.Messaging.Simulator.Records;

namespace Loyalty.Messaging.Simulator.Issuance;

/// <summary>Why a reversal cannot be: the kind of breach it is, and a sentence.</summary>
internal sealed record Objection(string Kind, string Detail);

/// <summary>The append-only list of effects, and per issued transaction what is left to reverse.</summary>
internal sealed class Ledger(TimeProvider time)
{
    readonly Lock _gate = new();
    readonly List<Effect> _effects = [];
    readonly Dictionary<string, List<Effect>> _byTransaction = new(StringComparer.Ordinal);
    readonly Dictionary<string, Remainder> _remainders = new(StringComparer.Ordinal);
    LedgerTotals _totals = new(0, 0, 0, 0);

    public Objection? ObjectionTo(IssuanceRequest request)
    {
        lock (_gate)
            return FindObjection(request);
    }

    /// <summary>Appends the effect, unless it is a reversal that cannot be.</summary>
    public Objection? Append(IssuanceRequest request, string idempotencyKey, string transactionId)
    {
        lock (_gate)
        {
            if (FindObjection(request) is { } objection)
                return objection;

            var effect = request.ToEffect(_effects.Count + 1, idempotencyKey, transactionId, time.GetUtcNow());
            _effects.Add(effect);
            OfTransaction(effect.ClientTransactionId).Add(effect);
            _totals = _totals.With(effect);
            Settle(effect);
            return null;
        }
    }

    public IReadOnlyList<Effect> Behind(long after)
    {
        lock (_gate)
        {
            var skipped = (int)Math.Clamp(after, 0, _effects.Count);
            return _effects.GetRange(skipped, _effects.Count - skipped);
        }
    }

    public IReadOnlyList<Effect> Of(string clientTransactionId)
    {
        lock (_gate)
            return _byTransaction.TryGetValue(clientTransactionId, out var effects) ? [.. effects] : [];
    }

    public LedgerTotals Totals()
    {
        lock (_gate)
            return _totals;
    }

    public void Clear()
    {
        lock (_gate)
        {
            _effects.Clear();
            _byTransaction.Clear();
            _remainders.Clear();
            _totals = new LedgerTotals(0, 0, 0, 0);
        }
    }

    Objection? FindObjection(IssuanceRequest request)
    {
        if (request.OriginalClientTransactionId is not { } original)
            return null;

        return _remainders.TryGetValue(original, out var remainder)
            ? remainder.ObjectionTo(request)
            : new Objection(BreachKind.ReversalBeforeIssuance, $"nothing has been issued under {original}");
    }

    List<Effect> OfTransaction(string clientTransactionId)
    {
        if (!_byTransaction.TryGetValue(clientTransactionId, out var effects))
            _byTransaction[clientTransactionId] = effects = [];
        return effects;
    }

    void Settle(Effect effect)
    {
        if (effect.Kind == Effect.Reverse)
        {
            if (effect.OriginalClientTransactionId is { } original)
                _remainders[original].Take(effect.Issuances);
            return;
        }

        if (!_remainders.TryGetValue(effect.ClientTransactionId, out var remainder))
        {
            remainder = new Remainder(effect.CollectorNumber, effect.SponsorCode);
            _remainders[effect.ClientTransactionId] = remainder;
        }

        remainder.Give(effect.Issuances);
    }
}

/// <summary>Counts and miles of the whole ledger, kept as it grows.</summary>
internal sealed record LedgerTotals(int Issues, int Reversals, long MilesIssued, long MilesReversed)
{
    public LedgerTotals With(Effect effect) =>
        effect.Kind == Effect.Issue
            ? this with
            {
                Issues = Issues + 1,
                MilesIssued = MilesIssued + effect.Miles,
            }
            : this with
            {
                Reversals = Reversals + 1,
                MilesReversed = MilesReversed + effect.Miles,
            };
}
