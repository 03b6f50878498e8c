using System.Globalization;
using System.Text;

namespace Loyalty.Messaging.Store.Days;

/// <summary>The day's ledger as CSV (RFC 4180, UTF-8): one line per issuance and reversal.</summary>
public static class LedgerCsv
{
    public const string Header =
        "transactionDay,kind,sponsorCode,clientTransactionId,transactionId,orderId,refundId,miles,standing,state,requestedAt";

    public static string Of(DayLedger ledger)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        var csv = new StringBuilder(Header).Append("\r\n");
        foreach (var entry in ledger.Entries)
        {
            csv.AppendJoin(
                    ',',
                    (
                        (string?[])
                            [
                                ledger.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                                entry.Kind,
                                entry.SponsorCode,
                                entry.ClientTransactionId,
                                entry.TransactionId,
                                entry.OrderId,
                                entry.RefundId,
                                entry.Miles.ToString(CultureInfo.InvariantCulture),
                                entry.Standing.ToString(),
                                entry.State,
                                entry.RequestedAt?.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
                            ]
                    ).Select(CsvField.Of)
                )
                .Append("\r\n");
        }
        return csv.ToString();
    }
}
