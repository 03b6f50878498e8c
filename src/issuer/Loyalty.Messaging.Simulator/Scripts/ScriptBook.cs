namespace Loyalty.Messaging.Simulator.Scripts;

/// <summary>The rules in force, found by the most telling thing they match on: a call looks at its own few, not at all.</summary>
internal sealed class ScriptBook
{
    readonly Lock _gate = new();
    readonly Dictionary<string, List<Entry>> _byTransaction = new(StringComparer.Ordinal);
    readonly Dictionary<string, List<Entry>> _byCollector = new(StringComparer.Ordinal);
    readonly List<Entry> _others = [];
    long _sequence;

    public void Add(IEnumerable<ScriptRule> rules)
    {
        lock (_gate)
        {
            foreach (var rule in rules)
                ShelfOf(rule.Match).Add(new Entry(++_sequence, rule));
        }
    }

    /// <summary>The earliest rule that fits, used up by one; none when no rule speaks.</summary>
    public ScriptRule? Take(ScriptPath path, string? clientTransactionId, string? collectorNumber)
    {
        lock (_gate)
        {
            var (entry, shelf) = new[] { On(_byTransaction, clientTransactionId), On(_byCollector, collectorNumber), _others }
                .Select(shelf =>
                    (Entry: shelf.Find(entry => entry.Rule.Match.Fits(path, clientTransactionId, collectorNumber)), Shelf: shelf)
                )
                .Where(found => found.Entry is not null)
                .OrderBy(found => found.Entry!.Sequence)
                .FirstOrDefault();
            if (entry is null)
                return null;

            entry.Used++;
            if (entry.Used >= entry.Rule.Times)
                shelf.Remove(entry);
            return entry.Rule;
        }
    }

    /// <summary>Every rule that may still speak, with how often it will.</summary>
    public IReadOnlyList<ScriptRule> Left()
    {
        lock (_gate)
        {
            return
            [
                .. _byTransaction
                    .Values.Concat(_byCollector.Values)
                    .Append(_others)
                    .SelectMany(shelf => shelf)
                    .OrderBy(entry => entry.Sequence)
                    .Select(entry => entry.Rule with { Times = entry.Rule.Times - entry.Used }),
            ];
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _byTransaction.Clear();
            _byCollector.Clear();
            _others.Clear();
        }
    }

    List<Entry> ShelfOf(ScriptMatch match)
    {
        if (match.ClientTransactionId is { } transaction)
            return Shelf(_byTransaction, transaction);
        return match.CollectorNumber is { } collector ? Shelf(_byCollector, collector) : _others;
    }

    static List<Entry> Shelf(Dictionary<string, List<Entry>> shelves, string name)
    {
        if (!shelves.TryGetValue(name, out var shelf))
            shelves[name] = shelf = [];
        return shelf;
    }

    static List<Entry> On(Dictionary<string, List<Entry>> shelves, string? name) =>
        name is not null && shelves.TryGetValue(name, out var shelf) ? shelf : [];

    sealed class Entry(long sequence, ScriptRule rule)
    {
        public long Sequence { get; } = sequence;

        public ScriptRule Rule { get; } = rule;

        public int Used { get; set; }
    }
}
