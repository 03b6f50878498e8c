namespace Loyalty.Messaging.Sagas;

/// <summary>When the sagas come back to something on their own.</summary>
public sealed record SagaTiming
{
    /// <summary>
    /// Waits before the durable tries of a call that gave no answer, one per try; after the last the saga is suspended. Each up to a fifth
    /// longer, by the saga's own jitter.
    /// </summary>
    public IReadOnlyList<TimeSpan> RetryDelays { get; init; } =
    [
        TimeSpan.FromMinutes(1),
        TimeSpan.FromMinutes(5),
        TimeSpan.FromMinutes(15),
        TimeSpan.FromHours(1),
        TimeSpan.FromHours(3),
        TimeSpan.FromHours(6),
        TimeSpan.FromHours(12),
    ];

    /// <summary>
    /// How long the issuer is trusted to know an idempotency key again, from the moment the call was first sent. Of a call that may have
    /// taken effect nothing is sent automatically after that:
    /// to an issuer that has forgotten the key it would be another one.
    /// </summary>
    public TimeSpan KeyLifetime { get; init; } = TimeSpan.FromHours(24);

    /// <summary>What a try may take, and what clocks may differ: so long before the end of a key's life the last one begins.</summary>
    static readonly TimeSpan KeyMargin = TimeSpan.FromMinutes(10);

    /// <summary>A try that was set for the last moment may begin a little later.</summary>
    static readonly TimeSpan Lateness = KeyMargin / 2;

    /// <summary>The longest wait that the issuer may ask for with Retry-After.</summary>
    public TimeSpan LongestRetryAfter { get; init; } = TimeSpan.FromHours(24);

    /// <summary>When a call is tried again that was put off because the issuer is down. It counts as no try.</summary>
    public TimeSpan PostponedFor { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long after a PENDING answer the same call is made again to learn whether it is final; null never asks.</summary>
    public TimeSpan? ConfirmPendingAfter { get; init; }

    /// <summary>How often it is asked.</summary>
    public int ConfirmPendingTries { get; init; } = 10;

    /// <summary>After how long without an answer, and without a timer, a call counts as lost and is sent to its queue again.</summary>
    public TimeSpan CallLostAfter { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How long a refund may wait for its order before somebody is told; told again after the same time.</summary>
    public TimeSpan OrderExpectedWithin { get; init; } = TimeSpan.FromHours(24);

    /// <summary>The wait before try number <paramref name="tries"/> + 1; null when the tries are used up.</summary>
    /// <param name="tries">Durable tries so far.</param>
    /// <param name="asked">What the issuer asked for, when it did.</param>
    /// <param name="saga">Spreads those that failed together: the jitter follows from the saga, so that a repeated delivery computes the
    /// same.</param>
    public TimeSpan? NextTry(int tries, TimeSpan? asked, Guid saga)
    {
        if (tries >= RetryDelays.Count)
            return null;
        var jitter =
            DeterministicId
                .Of("jitter", saga.ToString("N"), tries.ToString(System.Globalization.CultureInfo.InvariantCulture))
                .ToByteArray()[0]
            / 255.0
            / 5;
        var wait = RetryDelays[tries] * (1 + jitter);
        var wish = asked > LongestRetryAfter ? LongestRetryAfter : asked ?? TimeSpan.Zero;
        return wish > wait ? wish : wait;
    }

    /// <summary>
    /// The wait, shortened by up to a half so that the try falls into the life of its key; null when even that is too long.
    /// </summary>
    /// <param name="requested">When the call was first sent.</param>
    public TimeSpan? WithinKeyLifetime(TimeSpan? wait, DateTimeOffset? requested, DateTimeOffset now)
    {
        var left = (requested ?? now) + KeyLifetime - KeyMargin - now;
        return wait <= left ? wait
            : left >= wait / 2 ? left
            : null;
    }

    /// <summary>Whether the issuer may have forgotten the key of a call.</summary>
    /// <param name="requested">When the call was first sent; null while it has not been.</param>
    public bool MayBeForgotten(DateTimeOffset? requested, DateTimeOffset now) =>
        requested is { } first && now > first + KeyLifetime - KeyMargin + Lateness;
}
