namespace Loyalty.Messaging.Store.Days;

/// <summary>A transaction day as it stands between us and the issuer: the uploaded statement, and who signed the day off.</summary>
public sealed class DayClose
{
    public DateOnly Day { get; set; }

    /// <summary>Name of the file.</summary>
    public string? StatementName { get; set; }

    /// <summary>SHA-256 of the file as it was brought.</summary>
    public byte[]? StatementHash { get; set; }
    public string? StatementBy { get; set; }
    public DateTimeOffset? StatementAt { get; set; }
    public string? SignedOffBy { get; set; }
    public DateTimeOffset? SignedOffAt { get; set; }
    public string? SignedOffNote { get; set; }

    /// <summary>How many breaks there were when it was signed off.</summary>
    public int? Breaks { get; set; }
}

/// <summary>A line of the issuer's statement; several lines of one transaction are one.</summary>
public sealed class StatementRow
{
    public DateOnly Day { get; set; }
    public string ClientTransactionId { get; set; } = "";
    public int Miles { get; set; }
    public string? SponsorCode { get; set; }
}
