using Loyalty.Messaging.Store.Days;
using Xunit;
using static Loyalty.Messaging.UnitTests.Store.Days;

namespace Loyalty.Messaging.UnitTests.Store;

/// <summary>Our ledger of a day beside what the issuer says.</summary>
public sealed class When_a_statement_is_compared
{
    const string Header = "clientTransactionId,miles,sponsorCode\n";

    [Fact]
    public void What_both_sides_say_is_matched() =>
        AssertMatched(
            3,
            Compare(
                Header + "I-O-1,8,KENY\nI-O-2,12,KENY\nR-F-1,4,KENY\n",
                Issued("O-1"),
                Issued("O-2", 12, "Pending", Standing.Pending),
                Reversed("F-1", "O-1")
            )
        );

    [Fact]
    public void What_only_the_issuer_has_is_missing_here()
    {
        var comparison = Compare(Header + "I-O-1,8,KENY\nI-X,5,KENY\n", Issued("O-1"));

        Assert.Equal((Day, 1), (comparison.Day, comparison.Matched));
        Assert.Equal(
            new StatementDifference(
                "I-X",
                null,
                null,
                null,
                5,
                "The issuer has it, our ledger of the day does not: look for it under another day"
            ),
            Assert.Single(comparison.MissingHere)
        );
        Assert.Empty(comparison.MissingThere.Concat(comparison.Different));
    }

    [Theory]
    [InlineData("Issued", Standing.Confirmed)]
    [InlineData("Pending", Standing.Pending)]
    public void What_took_effect_here_alone_is_missing_there(string state, Standing standing)
    {
        var comparison = Compare(Header + "R-F-1,4,KENY\n", Issued("O-1", 8, state, standing), Reversed("F-1", "O-1"));

        Assert.Equal(1, comparison.Matched);
        Assert.Equal(
            new StatementDifference(
                "I-O-1",
                "O-1",
                null,
                8,
                null,
                $"{state} here, not in the statement: ask the issuer, with the transaction id"
            ),
            Assert.Single(comparison.MissingThere)
        );
        Assert.Empty(comparison.MissingHere.Concat(comparison.Different));
    }

    [Theory]
    [InlineData("Rejected", Standing.Rejected)]
    [InlineData("Suspended", Standing.Unknown)]
    [InlineData("Issuing", Standing.Unknown)]
    [InlineData("Cancelled", Standing.NothingToDo)]
    public void What_took_no_known_effect_here_need_not_be_there(string state, Standing standing) =>
        AssertMatched(0, Compare(Header, Issued("O-1", 8, state, standing)));

    [Theory]
    [InlineData("Rejected", Standing.Rejected)]
    [InlineData("Suspended", Standing.Unknown)]
    [InlineData("Cancelled", Standing.NothingToDo)]
    public void And_differs_when_it_is_there(string state, Standing standing) =>
        AssertDifferent(
            "I-O-1",
            8,
            8,
            $"{state} here, an effect there: retry it, and the issuer's answer settles it",
            Compare(Header + "I-O-1,8,KENY\n", Issued("O-1", 8, state, standing))
        );

    [Fact]
    public void Other_miles_differ() =>
        AssertDifferent("I-O-1", 8, 9, "8 miles here, 9 there", Compare(Header + "I-O-1,9,KENY\n", Issued("O-1")));

    [Fact]
    public void Another_sponsor_differs() =>
        AssertDifferent("I-O-1", 8, 8, "Sponsor KENY here, LOY1 there", Compare(Header + "I-O-1,8,LOY1\n", Issued("O-1")));

    [Fact]
    public void A_difference_of_a_refund_names_it()
    {
        var different = Assert.Single(Compare(Header + "R-F-1,3,KENY\n", Reversed("F-1", "O-1")).Different);
        Assert.Equal(("O-1", "F-1", 4, 3), (different.OrderId, different.RefundId, different.MilesHere, different.MilesThere));
    }

    [Fact]
    public void An_order_that_led_to_no_call_has_nothing_to_compare() =>
        AssertMatched(
            0,
            Compare(
                Header,
                Issued("O-1", 0, "NotEarned", Standing.NothingToDo) with
                {
                    ClientTransactionId = null,
                },
                Issued("O-2", 8, "Rejected", Standing.Rejected) with
                {
                    ClientTransactionId = null,
                }
            )
        );

    [Fact]
    public void A_sponsor_is_compared_only_when_the_statement_has_one() =>
        AssertMatched(1, Compare("clientTransactionId,miles\nI-O-1,8\n", Issued("O-1")));

    [Fact]
    public void Several_lines_of_a_transaction_are_its_offers() =>
        AssertMatched(2, Compare(Header + "I-O-1,8,KENY\nI-O-2,1,KENY\nI-O-1,50,KENY\n", Issued("O-1", 58), Issued("O-2", 1)));

    [Fact]
    public void A_minus_sign_is_read_away() => AssertMatched(1, Compare(Header + "R-F-1,-3,KENY\nR-F-1,-1,KENY\n", Reversed("F-1", "O-1")));

    [Theory]
    [InlineData("\uFEFFclientTransactionId,miles,sponsorCode\nI-O-1,8,KENY\n")]
    [InlineData("\uFEFF\"clientTransactionId\",miles,sponsorCode\nI-O-1,8,KENY\n")]
    [InlineData("clientTransactionId,miles,sponsorCode\r\nI-O-1,8,KENY\r\n")]
    [InlineData("clientTransactionId,miles,sponsorCode\rI-O-1,8,KENY\r")]
    [InlineData("clientTransactionId,miles,sponsorCode\nI-O-1,8,KENY")]
    [InlineData("clientTransactionId,miles,sponsorCode\n\n\r\nI-O-1,8,KENY\n\n\n")]
    [InlineData("CLIENTTRANSACTIONID, Miles ,sponsorcode\n I-O-1 , +8 , KENY \n")]
    [InlineData("\"clientTransactionId\",\"miles\",\"sponsorCode\"\n\"I-O-1\",\"8\",\"KENY\"\n")]
    [InlineData("sponsorCode,note,miles,clientTransactionId\nKENY,\"a, \"\"b\"\",\r\nc\n\",8,I-O-1\n")]
    [InlineData("note,clientTransactionId,miles,sponsorCode,last\n,I-O-1,8,KENY,\n")]
    [InlineData("note,clientTransactionId,miles,sponsorCode,last\n,I-O-1,8,KENY,")]
    [InlineData("note,clientTransactionId,miles,sponsorCode\n5\" wide,I-O-1,8,KENY\n")]
    public void It_is_read_as_it_is_written(string statement) => AssertMatched(1, Compare(statement, Issued("O-1")));

    [Fact]
    public void An_id_may_hold_what_separates() =>
        AssertMatched(1, Compare(Header + "\"I-A,\"\"B\"\"\nC\",8,KENY\n", Issued("A,\"B\"\nC")));

    [Theory]
    [InlineData(";")]
    [InlineData("|")]
    [InlineData("\t")]
    public void Columns_and_separator_are_configured(string separator)
    {
        var columns = new StatementColumns
        {
            ClientTransactionId = "Reference",
            Miles = "Amount, miles",
            SponsorCode = "Partner",
            Separator = separator,
        };
        var statement = "Date;Partner;Amount, miles;Reference\n2026-11-21;KENY;8;I-O-1\n2026-11-21;LOY1;8;\"I-O;2\"\n".Replace(
            ";",
            separator,
            StringComparison.Ordinal
        );

        AssertMatched(2, StatementComparison.Of(Ledger(Issued("O-1"), Issued($"O{separator}2", sponsor: "LOY1")), statement, columns));
    }

    [Theory]
    [InlineData("", "The statement is empty: its first line must name the columns")]
    [InlineData("\uFEFF", "The statement is empty: its first line must name the columns")]
    [InlineData(
        "id,miles\n",
        "The statement has no column 'clientTransactionId' (it has id, miles); map it with Reconciliation__Columns__…"
    )]
    [InlineData(
        "clientTransactionId,amount\n",
        "The statement has no column 'miles' (it has clientTransactionId, amount); map it with Reconciliation__Columns__…"
    )]
    [InlineData(Header + "I-O-1,8\n", "Line 2 has 2 fields, the header 3")]
    [InlineData(Header + "I-O-1,8,KENY\nI-O-2,8,KENY,more\n", "Line 3 has 4 fields, the header 3")]
    [InlineData(Header + "\n\nI-O-1,eight,KENY\n", "Line 4: 'miles' is not a whole number")]
    [InlineData(Header + "I-O-1,8.5,KENY\n", "Line 2: 'miles' is not a whole number")]
    [InlineData(Header + "I-O-1,,KENY\n", "Line 2: 'miles' is not a whole number")]
    [InlineData(Header + "I-O-1,2147483648,KENY\n", "Line 2: 'miles' is not a whole number")]
    [InlineData(Header + "I-O-1,-2147483648,KENY\n", "Line 2: 'miles' is not a whole number")]
    [InlineData(Header + "I-O-1,2147483647,KENY\nI-O-1,1,KENY\n", "Line 3: the miles of 'I-O-1' add up to more than 2147483647")]
    [InlineData(Header + " ,8,KENY\n", "Line 2: 'clientTransactionId' is empty")]
    [InlineData(Header + "I-O-1,8,KENY\n\"I-O-2,8,KENY\nI-O-3,8,KENY\n", "Line 3: a quote is not closed")]
    [InlineData(Header + "\"a\r\nb\",8,KENY\nI-O-2,x,KENY\n", "Line 4: 'miles' is not a whole number")]
    [InlineData(Header + "\"I-O\"-1,8,KENY\n", "Line 2: text follows a closing quote")]
    public void What_cannot_be_read_is_named(string statement, string sentence) =>
        Assert.Equal(sentence, Assert.Throws<StatementFormatException>(() => Compare(statement, Issued("O-1"))).Message);

    [Theory]
    [InlineData("")]
    [InlineData("%%")]
    public void A_separator_is_one_character(string separator)
    {
        var columns = new StatementColumns { Separator = separator };
        Assert.Contains(
            "Reconciliation__Columns__Separator",
            Assert.Throws<StatementFormatException>(() => StatementComparison.Of(Ledger(), Header, columns)).Message,
            StringComparison.Ordinal
        );
    }

    static StatementComparison Compare(string statement, params DayEntry[] entries) =>
        StatementComparison.Of(Ledger(entries), statement, new StatementColumns());

    static void AssertMatched(int matched, StatementComparison comparison)
    {
        Assert.Empty(comparison.MissingHere.Concat(comparison.MissingThere).Concat(comparison.Different));
        Assert.Equal(matched, comparison.Matched);
    }

    static void AssertDifferent(string transaction, int here, int there, string what, StatementComparison comparison)
    {
        Assert.Empty(comparison.MissingHere.Concat(comparison.MissingThere));
        Assert.Equal(new StatementDifference(transaction, transaction[2..], null, here, there, what), Assert.Single(comparison.Different));
        Assert.Equal(0, comparison.Matched);
    }
}
