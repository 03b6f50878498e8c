namespace Loyalty.Messaging.Simulator.Records;

internal sealed class AttemptLog(TimeProvider time)
{
    readonly Lock _gate = new();
    readonly List<Attempt> _attempts = [];
    long _sequence;

    public Attempt Begin(string path, string? idempotencyKey, string bodySha256)
    {
        lock (_gate)
        {
            var attempt = new Attempt
            {
                Sequence = ++_sequence,
                At = time.GetUtcNow(),
                Path = path,
                IdempotencyKey = idempotencyKey,
                BodySha256 = bodySha256,
            };
            _attempts.Add(attempt);
            return attempt;
        }
    }

    /// <summary>Those behind <paramref name="after"/>; sequences are gapless, so that is a range and no search.</summary>
    public IReadOnlyList<Attempt> Behind(long after)
    {
        lock (_gate)
        {
            var skipped = (int)Math.Clamp(after, 0, _attempts.Count);
            return _attempts.GetRange(skipped, _attempts.Count - skipped);
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _attempts.Clear();
            _sequence = 0;
        }
    }
}
