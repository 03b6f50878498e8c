using System.Net;
using System.Text.Json;
using Xunit;
using static Loyalty.Messaging.AcceptanceTests.Ops.ReconciledDay;

namespace Loyalty.Messaging.AcceptanceTests.Ops;

/// <summary>What we have of a day: summed, line by line, and as a file.</summary>
[Collection(nameof(ReconciledDay))]
public sealed class When_a_day_is_reconciled(ReconciledDay day)
{
    [Fact]
    public async Task It_is_summed_by_sponsor_and_kind()
    {
        using var answer = await GetAsync(day.Address());
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var ledger = await JsonAsync(answer);

        Assert.Equal(day.Day, Text(ledger, "day"));
        Assert.Equal(
            [
                "KENY issue: expected 4/32, attempted 4/32, confirmed 1/8, pending 1/8, rejected 1/8, unknown 1/8",
                "KENY reverse: expected 1/4, attempted 1/4, confirmed 1/4, pending 0/0, rejected 0/0, unknown 0/0",
                "LOY1 issue: expected 1/8, attempted 1/8, confirmed 1/8, pending 0/0, rejected 0/0, unknown 0/0",
                // Refused by ourselves: the issuer was never asked.
                "NOPE issue: expected 1/8, attempted 0/0, confirmed 0/0, pending 0/0, rejected 1/8, unknown 0/0",
            ],
            ledger.GetProperty("totals").EnumerateArray().Select(Total)
        );
        Assert.Equal(
            [
                "issue DY-1 Confirmed",
                "issue DY-2 Pending",
                "issue DY-3 Rejected",
                "issue DY-4 Unknown",
                "issue DY-5 NothingToDo",
                "issue DY-6 Confirmed",
                "issue DY-7 Rejected",
                "reverse DY-1 Confirmed",
            ],
            ledger
                .GetProperty("entries")
                .EnumerateArray()
                .Select(entry => $"{Text(entry, "kind")} {Text(entry, "orderId")} {Text(entry, "standing")}")
        );
        Assert.DoesNotMatch(RunningSite.WholeCollectorNumber(), ledger.GetRawText());
    }

    [Fact]
    public async Task What_is_confirmed_or_pending_is_the_issuers_ledger()
    {
        var entries = (await JsonAsync(await GetAsync(day.Address()))).GetProperty("entries").EnumerateArray();
        Assert.Equal(
            (await day.System.Issuer.LedgerAsync())
                .Select(effect => $"{effect.ClientTransactionId} {effect.Miles} {effect.SponsorCode}")
                .Order(StringComparer.Ordinal),
            entries
                .Where(entry => Text(entry, "standing") is "Confirmed" or "Pending")
                .Select(entry => $"{Text(entry, "clientTransactionId")} {entry.GetProperty("miles")} {Text(entry, "sponsorCode")}")
                .Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task As_csv_it_has_a_line_for_each()
    {
        using var answer = await GetAsync(day.Address(), "text/csv");
        Assert.Equal("text/csv", answer.Content.Headers.ContentType!.MediaType);
        var lines = (await answer.Content.ReadAsStringAsync()).Split("\r\n");

        Assert.Equal(
            "transactionDay,kind,sponsorCode,clientTransactionId,transactionId,orderId,refundId,miles,standing,state,requestedAt",
            lines[0]
        );
        Assert.Equal(8, lines[1..^1].Length);
        Assert.StartsWith($"{day.Day},issue,KENY,I-DY-1,", lines[1], StringComparison.Ordinal);
        Assert.Contains(",DY-1,DF-1,4,Confirmed,Reversed,", lines[8], StringComparison.Ordinal);
        Assert.StartsWith($"{day.Day},issue,KENY,,,DY-5,,0,NothingToDo,NotEarned,", lines[5], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_day_has_nothing()
    {
        var ledger = await JsonAsync(await GetAsync(day.Address("2020-02-29")));
        Assert.Equal((0, 0), (ledger.GetProperty("totals").GetArrayLength(), ledger.GetProperty("entries").GetArrayLength()));
        var run = await day.LoyaltyAsync("reconcile", "--day", "2020-02-29");
        Assert.Equal((0, "Nothing to issue or to take back on 2020-02-29"), (run.ExitCode, run.Printed.Trim()));
    }

    [Theory]
    [InlineData("2026-13-01")]
    [InlineData("2026-02-30")]
    [InlineData("21.11.2026")]
    [InlineData("today")]
    public async Task What_is_no_day_is_a_400_with_a_sentence(string text)
    {
        using var shown = await GetAsync(day.Address(text));
        using var compared = await SendStatementAsync(day.Address(text), await day.StatementAsync());
        foreach (var answer in (HttpResponseMessage[])[shown, compared])
        {
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.Equal($"'{text}' is not a date: write it as 2026-11-21", Text(await JsonAsync(answer), "detail"));
        }
    }

    [Fact]
    public async Task Loyalty_prints_the_sums()
    {
        var run = await day.LoyaltyAsync("reconcile", "--day", day.Day);
        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.Equal(
            "KENY issue: expected 4 (32 miles); attempted 4 (32 miles), confirmed 1 (8 miles), pending 1 (8 miles), "
                + "rejected 1 (8 miles), unknown 1 (8 miles)",
            run.Printed.Split('\n')[0].TrimEnd()
        );
        Assert.Equal(4, run.Printed.Trim().Split('\n').Length);
        Assert.Equal(8, (await day.LoyaltyAsync("reconcile", "--day", day.Day, "--json")).Json.GetProperty("entries").GetArrayLength());
        Assert.Contains(
            $"{day.Day},issue,LOY1,I-DY-6,",
            (await day.LoyaltyAsync("reconcile", "--day", day.Day, "--csv")).Printed,
            StringComparison.Ordinal
        );
    }

    static string Total(JsonElement total) =>
        $"{Text(total, "sponsorCode")} {Text(total, "kind")}: "
        + string.Join(
            ", ",
            ((string[])["expected", "attempted", "confirmed", "pending", "rejected", "unknown"]).Select(name =>
                $"{name} {total.GetProperty(name).GetProperty("count")}/{total.GetProperty(name).GetProperty("miles")}"
            )
        );
}
