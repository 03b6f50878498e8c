using System.Globalization;
using System.Security.Cryptography;

namespace Loyalty.Messaging.AirMiles.AmCash;

/// <summary>Where the 12 digits come from by which the issuer tells requests apart.</summary>
public interface ITraceIds
{
    /// <returns>12 digits.</returns>
    string Next();
}

/// <summary>
/// At random: ECHO and INQUIRE have no effect and no business key to derive a number from, and the same question asked again is another
/// request.
/// </summary>
internal sealed class RandomTraceIds : ITraceIds
{
    const long Numbers = 1_000_000_000_000;

    public string Next()
    {
        var bits = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
        return (bits % Numbers).ToString("D12", CultureInfo.InvariantCulture);
    }
}
