using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Loyalty.Messaging.Benchmarks.Issuer;

/// <summary>
/// Remembers every key with a hash of its body: the first call of a key has an effect, every further one is a repetition.
/// </summary>
internal sealed class KeyLedger
{
    readonly ConcurrentDictionary<Guid, UInt128> _bodies = new();
    readonly ConcurrentDictionary<string, byte> _transactions = new();
    int _issues;
    int _reversals;
    int _repeats;
    int _twoBodies;
    int _twoKeys;

    /// <returns>False for a key that came with another body before.</returns>
    public bool Enter(Guid key, byte[] body, string clientTransactionId, bool reversal)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(body, digest);
        var hash = BitConverter.ToUInt128(digest);
        if (_bodies.TryAdd(key, hash))
        {
            Interlocked.Increment(ref reversal ? ref _reversals : ref _issues);
            if (!_transactions.TryAdd(clientTransactionId, 0))
                Interlocked.Increment(ref _twoKeys);
            return true;
        }
        var same = _bodies[key] == hash;
        Interlocked.Increment(ref same ? ref _repeats : ref _twoBodies);
        return same;
    }

    public Effects Read() => new(_issues, _reversals, _repeats, _twoBodies, _twoKeys);
}

/// <summary>What the issuer of a load run has done.</summary>
/// <param name="Issues">Effects: keys of POST/EVENT.</param>
/// <param name="Reversals">Effects: keys of REVERSE/EVENT.</param>
/// <param name="Repeats">Calls without an effect: a known key with its own body.</param>
/// <param name="TwoBodies">Calls of a known key with another body.</param>
/// <param name="TwoKeys">Transactions that took effect under two keys.</param>
internal sealed record Effects(int Issues, int Reversals, int Repeats, int TwoBodies, int TwoKeys);
