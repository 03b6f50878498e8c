using System.Security.Cryptography;
using System.Text;
using Loyalty.Messaging.Simulator.Answers;

namespace Loyalty.Messaging.Simulator.Issuance;

/// <summary>What a key stands for, once it has been seen.</summary>
internal enum KeyStanding
{
    /// <summary>New, or seen with the very same path and body.</summary>
    Good,

    /// <summary>Seen with another path or body.</summary>
    OtherBody,

    /// <summary>The transaction already has another key, and that one was not finally refused.</summary>
    SecondKey,
}

/// <summary>Remembers per Idempotency-Key what was asked and answered, and per transaction which key it came under.</summary>
internal sealed class KeyMemory(SimulatorOptions options)
{
    readonly Lock _gate = new();
    readonly Dictionary<string, KnownKey> _keys = new(StringComparer.OrdinalIgnoreCase);
    readonly Dictionary<string, KnownKey> _byTransaction = new(StringComparer.Ordinal);

    /// <summary>Looks the key up, or remembers it when it is new and may be used.</summary>
    public (KeyStanding Standing, KnownKey? Known) Open(string key, string path, byte[] body, string clientTransactionId)
    {
        var fingerprint = FingerprintOf(path, body);
        lock (_gate)
        {
            if (_keys.TryGetValue(key, out var known))
                return known.Fingerprint == fingerprint ? (KeyStanding.Good, known) : (KeyStanding.OtherBody, null);

            // After a final no, the corrected request comes under a new key: that is how it should be. And a key that was forgotten is not
            // a second one.
            var second =
                _byTransaction.TryGetValue(clientTransactionId, out var earlier)
                && !earlier.Rejected
                && !earlier.Key.Equals(key, StringComparison.OrdinalIgnoreCase);
            if (second && options.SecondKey == SecondKey.Refuse)
                return (KeyStanding.SecondKey, null);

            known = new KnownKey(key, fingerprint);
            _keys[key] = known;
            _byTransaction[clientTransactionId] = known;
            return (second ? KeyStanding.SecondKey : KeyStanding.Good, known);
        }
    }

    /// <summary>The keys' lifetime is over, for all at once; which transactions there were stays known.</summary>
    public void Forget()
    {
        lock (_gate)
            _keys.Clear();
    }

    public void Clear()
    {
        lock (_gate)
        {
            _keys.Clear();
            _byTransaction.Clear();
        }
    }

    static string FingerprintOf(string path, byte[] body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(path));
        hash.AppendData(body);
        return Convert.ToHexString(hash.GetHashAndReset());
    }
}

/// <summary>One key's story. Calls of one collector come one at a time, so no two write here at once.</summary>
internal sealed class KnownKey(string key, string fingerprint)
{
    public string Key { get; } = key;

    public string Fingerprint { get; } = fingerprint;

    /// <summary>The issuer's number for this transaction, once it has one.</summary>
    public string TransactionId { get; } = Guid.NewGuid().ToString();

    /// <summary>The effect is in the ledger, or certain to come.</summary>
    public bool HasEffect { get; set; }

    /// <summary>The final answer, given again whenever the key comes again.</summary>
    public Answer? Final { get; private set; }

    /// <summary>The final answer stands even against scripts.</summary>
    public bool Pinned { get; private set; }

    /// <summary>The final answer was a no.</summary>
    public bool Rejected => Final?.Status == StatusCodes.Status400BadRequest;

    public void Remember(Answer answer) => Final ??= answer;

    public void Pin(Answer answer)
    {
        Final = answer;
        Pinned = true;
    }
}
