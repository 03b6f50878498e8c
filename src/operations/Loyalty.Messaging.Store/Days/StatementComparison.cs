using System.Globalization;

namespace Loyalty.Messaging.Store.Days;

/// <summary>
/// Which columns of the issuer's statement hold what. The issuer's format is not public: the names are configuration
/// (<c>Reconciliation__Columns__…</c>).
/// </summary>
public sealed class StatementColumns
{
    /// <summary>Default <c>clientTransactionId</c>.</summary>
    public string ClientTransactionId { get; set; } = "clientTransactionId";

    /// <summary>Whole miles; a minus sign is read away. Default <c>miles</c>.</summary>
    public string Miles { get; set; } = "miles";

    /// <summary>Compared when the statement has the column. Default <c>sponsorCode</c>.</summary>
    public string SponsorCode { get; set; } = "sponsorCode";

    /// <summary>Default a comma.</summary>
    public string Separator { get; set; } = ",";
}

/// <summary>Our ledger of a day beside the issuer's statement of it.</summary>
public sealed record StatementComparison
{
    public required DateOnly Day { get; init; }

    /// <summary>The same transaction with the same miles on both sides.</summary>
    public required int Matched { get; init; }

    /// <summary>In the statement and not in our ledger.</summary>
    public required IReadOnlyList<StatementDifference> MissingHere { get; init; }

    /// <summary>Confirmed or pending here and not in the statement.</summary>
    public required IReadOnlyList<StatementDifference> MissingThere { get; init; }

    /// <summary>On both sides, with other miles, another sponsor, or no effect known here.</summary>
    public required IReadOnlyList<StatementDifference> Different { get; init; }

    /// <exception cref="StatementFormatException">The statement cannot be read; the message names the line.</exception>
    public static StatementComparison Of(DayLedger ledger, string statement, StatementColumns columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        return Of(ledger, Statement.Read(statement, columns).Values);
    }

    /// <param name="lines">One for each transaction.</param>
    internal static StatementComparison Of(DayLedger ledger, IEnumerable<StatementLine> lines)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        var there = lines.ToDictionary(line => line.ClientTransactionId);
        var here = ledger.Entries.Where(entry => entry.ClientTransactionId is not null).ToDictionary(entry => entry.ClientTransactionId!);
        var (matched, missingHere, different) = (0, new List<StatementDifference>(), new List<StatementDifference>());
        foreach (var line in there.Values)
        {
            if (!here.TryGetValue(line.ClientTransactionId, out var entry))
                missingHere.Add(
                    new StatementDifference(
                        line.ClientTransactionId,
                        null,
                        null,
                        null,
                        line.Miles,
                        "The issuer has it, our ledger of the day does not: look for it under another day"
                    )
                );
            else if (Fault(entry, line) is { } fault)
                different.Add(
                    new StatementDifference(line.ClientTransactionId, entry.OrderId, entry.RefundId, entry.Miles, line.Miles, fault)
                );
            else
                matched++;
        }
        return new StatementComparison
        {
            Day = ledger.Day,
            Matched = matched,
            MissingHere = missingHere,
            Different = different,
            MissingThere =
            [
                .. here
                    .Values.Where(entry =>
                        entry.Standing is Standing.Confirmed or Standing.Pending && !there.ContainsKey(entry.ClientTransactionId!)
                    )
                    .Select(entry => new StatementDifference(
                        entry.ClientTransactionId!,
                        entry.OrderId,
                        entry.RefundId,
                        entry.Miles,
                        null,
                        $"{entry.State} here, not in the statement: ask the issuer, with the transaction id"
                    )),
            ],
        };
    }

    static string? Fault(DayEntry entry, StatementLine line)
    {
        if (entry.Miles != line.Miles)
            return $"{entry.Miles.ToString(CultureInfo.InvariantCulture)} miles here, "
                + $"{line.Miles.ToString(CultureInfo.InvariantCulture)} there";
        if (line.SponsorCode is { } sponsor && sponsor != entry.SponsorCode)
            return $"Sponsor {entry.SponsorCode} here, {sponsor} there";
        return entry.Standing is Standing.Confirmed or Standing.Pending
            ? null
            : $"{entry.State} here, an effect there: retry it, and the issuer's answer settles it";
    }
}

/// <summary>One transaction on which the two sides differ, linked to its order.</summary>
public sealed record StatementDifference(
    string ClientTransactionId,
    string? OrderId,
    string? RefundId,
    int? MilesHere,
    int? MilesThere,
    string What
);

/// <summary>The message is a sentence for the person who brought the file.</summary>
public sealed class StatementFormatException(string message) : Exception(message);
