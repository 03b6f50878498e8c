using Loyalty.Messaging.Store.Days;
using Xunit;
using static Loyalty.Messaging.UnitTests.Store.Days;

namespace Loyalty.Messaging.UnitTests.Store;

/// <summary>What a spreadsheet and a script read.</summary>
public sealed class When_a_day_is_written_as_csv
{
    [Fact]
    public void It_has_a_header_and_a_line_for_each()
    {
        var issued = Issued("O-1") with
        {
            TransactionId = "tx-1",
            RequestedAt = new DateTimeOffset(2026, 11, 21, 23, 59, 59, 999, TimeSpan.FromHours(-5)),
        };
        Assert.Equal(
            "transactionDay,kind,sponsorCode,clientTransactionId,transactionId,orderId,refundId,miles,standing,state,requestedAt\r\n"
                + "2026-11-21,issue,KENY,I-O-1,tx-1,O-1,,8,Confirmed,Issued,2026-11-22T04:59:59.999Z\r\n"
                + "2026-11-21,reverse,KENY,R-F-1,,O-1,F-1,4,Confirmed,Reversed,\r\n",
            LedgerCsv.Of(Ledger(issued, Reversed("F-1", "O-1")))
        );
    }

    [Fact]
    public void An_empty_day_has_the_header_alone() => Assert.Equal(LedgerCsv.Header + "\r\n", LedgerCsv.Of(Ledger()));

    [Theory]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("a\"b\"", "\"a\"\"b\"\"\"")]
    [InlineData("a\r\nb", "\"a\r\nb\"")]
    [InlineData("a\nb", "\"a\nb\"")]
    [InlineData("a;b c", "a;b c")]
    [InlineData("a=b", "a=b")]
    [InlineData("=1+2", "'=1+2")]
    [InlineData("+1", "'+1")]
    [InlineData("-1", "'-1")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("\t=1", "'\t=1")]
    [InlineData("\r=1", "\"'\r=1\"")]
    [InlineData("=HYPERLINK(\"x\",1)", "\"'=HYPERLINK(\"\"x\"\",1)\"")]
    public void A_field_is_quoted_and_never_a_formula(string orderId, string field) =>
        Assert.Equal(
            $"{LedgerCsv.Header}\r\n2026-11-21,issue,KENY,I-1,,{field},,8,Confirmed,Issued,\r\n",
            LedgerCsv.Of(Ledger(Issued(orderId) with { ClientTransactionId = "I-1" }))
        );

    [Fact]
    public void It_can_be_read_as_a_statement()
    {
        var ledger = Ledger(Issued("O,\"1\""), Issued("O-2", 3, "Pending", Standing.Pending), Reversed("F\n1", "O-2"));
        Assert.Equal(3, StatementComparison.Of(ledger, LedgerCsv.Of(ledger), new StatementColumns()).Matched);
    }
}
