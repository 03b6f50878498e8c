namespace Loyalty.Messaging.AirMiles;

/// <summary>The issuer. Every answer and every failure to get one is a value; only the caller's cancellation is thrown.</summary>
public interface IAirMilesClient
{
    /// <summary>Issues miles: POST/EVENT page.</summary>
    Task<CallResult> PostEventAsync(FrozenCall call, CancellationToken cancellationToken);

    /// <summary>Takes miles back: REVERSE/EVENT page.</summary>
    Task<CallResult> ReverseEventAsync(FrozenCall call, CancellationToken cancellationToken);
}

/// <summary>A call as it was committed before its first send; repeated byte for byte.</summary>
/// <param name="IdempotencyKey">See <see cref="AirMiles.IdempotencyKey"/>.</param>
/// <param name="Body">See <see cref="EventTransaction.Freeze"/>.</param>
public sealed record FrozenCall(Guid IdempotencyKey, ReadOnlyMemory<byte> Body)
{
    /// <summary>How long it has waited already since its message was taken; counts against AirMiles__LongestPause.</summary>
    public TimeSpan Waited { get; init; }
}
