using System.Security.Cryptography;
using System.Text;
using Loyalty.Messaging.ServiceDefaults;

namespace Loyalty.Messaging.Ops.Access;

/// <summary>The keys that let in.</summary>
internal sealed class AccessKeys(AccessOptions access)
{
    /// <summary>Compares with every key, so that the time it takes tells nothing.</summary>
    public AccessKeyOptions? Find(string presented)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(presented));
        AccessKeyOptions? found = null;
        foreach (var key in access.Keys)
            if (CryptographicOperations.FixedTimeEquals(hash, AccessKey.Parse(key.Hash)))
                found = key;
        return found;
    }

    /// <summary>The key with this hash: somebody who came in with a key that has been taken away since is out.</summary>
    public AccessKeyOptions? WithHash(string hash) =>
        access.Keys.Find(key => string.Equals(key.Hash, hash, StringComparison.OrdinalIgnoreCase));
}
