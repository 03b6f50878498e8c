using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Loyalty.Messaging.Store.Audit;

/// <summary>What somebody did, as it is kept: never changed, never deleted, and chained to the record before it.</summary>
public sealed class AuditRecord
{
    /// <summary>1 for the first, one more for each, without a gap.</summary>
    public long Sequence { get; set; }

    /// <summary>Whole milliseconds.</summary>
    public DateTimeOffset At { get; set; }
    public string Actor { get; set; } = "";
    public string Role { get; set; } = "";

    /// <summary>What was done, in a word or two: <c>retry</c>, <c>reveal collector</c>.</summary>
    public string Act { get; set; } = "";

    /// <summary>What it was done to: <c>order W-1001</c>, <c>dead letter 4f8b…</c>, <c>job …</c>.</summary>
    public string Subject { get; set; } = "";

    /// <summary>In the actor's words.</summary>
    public string? Reason { get; set; }

    /// <summary>JSON; no whole collector number, no message body.</summary>
    public string? Details { get; set; }

    /// <summary>The hash of the record before; 32 zeros for the first.</summary>
    public byte[] Previous { get; set; } = [];

    /// <summary>SHA-256 of everything above.</summary>
    public byte[] Hash { get; set; } = [];

    /// <summary>What <see cref="Hash"/> should be.</summary>
    public byte[] Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Previous);
        foreach (
            var part in (string?[])
                [
                    Sequence.ToString(CultureInfo.InvariantCulture),
                    At.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
                    Actor,
                    Role,
                    Act,
                    Subject,
                    Reason,
                    Details,
                ]
        )
        {
            var bytes = Encoding.UTF8.GetBytes(part ?? "");
            // Its length before each part, and another for what is absent: no two records have the same bytes.
            hash.AppendData(BitConverter.GetBytes(part is null ? -1 : bytes.Length));
            hash.AppendData(bytes);
        }
        return hash.GetHashAndReset();
    }
}
