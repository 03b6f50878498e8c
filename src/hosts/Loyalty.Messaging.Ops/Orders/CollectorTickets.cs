using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace Loyalty.Messaging.Ops.Orders;

/// <summary>
/// Stands in an address for a collector who was searched for: the keyed hash, sealed, for some hours. Neither the number nor the hash can
/// be read out of it.
/// </summary>
internal sealed class CollectorTickets(IDataProtectionProvider protection)
{
    static readonly TimeSpan Lifetime = TimeSpan.FromHours(8);

    readonly ITimeLimitedDataProtector _protector = protection
        .CreateProtector("Loyalty.Messaging.Ops.Collector")
        .ToTimeLimitedDataProtector();

    public string For(byte[] collectorHash) => _protector.Protect(Convert.ToHexString(collectorHash), Lifetime);

    /// <returns>Null when it is too old or not valid.</returns>
    public byte[]? HashOf(string? ticket)
    {
        try
        {
            return string.IsNullOrEmpty(ticket) ? null : Convert.FromHexString(_protector.Unprotect(ticket));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
