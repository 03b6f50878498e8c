using System.Security.Cryptography;
using System.Text;

namespace Loyalty.Messaging.ServiceDefaults;

/// <summary>
/// Keys to the ops site. A key is 256 random bits, so a plain hash of it is enough: there is nothing to guess. Only the hash is configured.
/// </summary>
public static class AccessKey
{
    /// <summary>What each role may do includes what the ones before it may.</summary>
    public static IReadOnlyList<string> Roles { get; } = ["viewer", "operator", "approver"];

    const string HashPrefix = "sha256:";

    /// <summary>64 hexadecimal digits: no character that a shell or an option parser would take for its own.</summary>
    public static string New() => RandomNumberGenerator.GetHexString(64, lowercase: true);

    /// <returns><c>sha256:</c> and 64 hexadecimal digits.</returns>
    public static string HashOf(string key) => HashPrefix + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    /// <returns>The 32 bytes of a configured hash; null when it does not have the form.</returns>
    public static byte[]? Parse(string? hash)
    {
        if (hash is null || !hash.StartsWith(HashPrefix, StringComparison.OrdinalIgnoreCase) || hash.Length != HashPrefix.Length + 64)
            return null;
        try
        {
            return Convert.FromHexString(hash.AsSpan(HashPrefix.Length));
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
