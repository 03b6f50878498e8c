using System.Net;
using System.Text;
using System.Text.Json;
using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.Ops;

public sealed class When_a_day_is_reconciled(ReconciledDay day) : IClassFixture<ReconciledDay>
{
    readonly LoyaltySystem _system = day.System;

    [Fact]
    public async Task It_is_summed_by_sponsor_and_kind()
    {
        using var answer = await ReconciledDay.GetAsync(Address());
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
        var entries = (await JsonAsync(await ReconciledDay.GetAsync(Address()))).GetProperty("entries").EnumerateArray();
        Assert.Equal(
            (await _system.Issuer.LedgerAsync())
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
        using var answer = await ReconciledDay.GetAsync(Address(), "text/csv");
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
        var ledger = await JsonAsync(await ReconciledDay.GetAsync(Address("2020-02-29")));
        Assert.Equal((0, 0), (ledger.GetProperty("totals").GetArrayLength(), ledger.GetProperty("entries").GetArrayLength()));
        var run = await day.LoyaltyAsync("reconcile", "--day", "2020-02-29");
        Assert.Equal((0, "Nothing to issue or to take back on 2020-02-29"), (run.ExitCode, run.Printed.Trim()));
    }

    [Fact]
    public async Task A_statement_that_says_the_same_matches()
    {
        using var answer = await PostAsync(Address(), await day.StatementAsync());
        Assert.Equal("matched 4, here , there , different ", Comparison(await JsonAsync(answer)));
    }

    [Fact]
    public async Task A_statement_that_says_otherwise_is_taken_apart()
    {
        using var answer = await PostAsync(Address(), await FalsifiedAsync());
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var comparison = await JsonAsync(answer);

        Assert.Equal("matched 2, here I-LOST, there I-DY-6, different I-DY-1", Comparison(comparison));
        var different = comparison.GetProperty("different")[0];
        Assert.Equal(
            ("DY-1", 8, 9),
            (Text(different, "orderId"), different.GetProperty("milesHere").GetInt32(), different.GetProperty("milesThere").GetInt32())
        );
    }

    [Fact]
    public async Task Its_columns_are_what_the_settings_say()
    {
        var site = await _system.StartOpsAsync(
            new Dictionary<string, string>
            {
                ["Reconciliation__Columns__ClientTransactionId"] = "Reference",
                ["Reconciliation__Columns__Miles"] = "Amount",
                ["Reconciliation__Columns__SponsorCode"] = "Partner",
                ["Reconciliation__Columns__Separator"] = ";",
            }
        );
        var lines = await day.StatementAsync();
        lines[0] = "Reference,Amount,Partner";
        using var answer = await PostAsync(
            new Uri(site, $"/api/v1/reconciliation/{day.Day}"),
            lines.ConvertAll(line => line.Replace(',', ';'))
        );
        Assert.Equal("matched 4, here , there , different ", Comparison(await JsonAsync(answer)));
    }

    [Theory]
    [InlineData("2026-13-01")]
    [InlineData("2026-02-30")]
    [InlineData("21.11.2026")]
    [InlineData("today")]
    public async Task What_is_no_day_is_a_400_with_a_sentence(string text)
    {
        using var shown = await ReconciledDay.GetAsync(Address(text));
        using var compared = await PostAsync(Address(text), await day.StatementAsync());
        foreach (var answer in (HttpResponseMessage[])[shown, compared])
        {
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.Equal($"'{text}' is not a date: write it as 2026-11-21", Text(await JsonAsync(answer), "detail"));
        }
    }

    [Fact]
    public async Task A_statement_that_cannot_be_read_is_a_400_with_its_line()
    {
        using var answer = await PostAsync(Address(), ["clientTransactionId,miles", "I-DY-1,eight"]);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("Line 2: 'miles' is not a whole number", Text(await JsonAsync(answer), "detail"));
    }

    [Theory]
    [InlineData(40 * 1024 * 1024, HttpStatusCode.OK)]
    [InlineData((64 * 1024 * 1024) + 1, HttpStatusCode.RequestEntityTooLarge)]
    public async Task A_statement_may_be_64_megabytes_long_whether_it_says_its_length_or_not(int bytes, HttpStatusCode status)
    {
        var header = new byte[bytes];
        header.AsSpan().Fill((byte)' ');
        "clientTransactionId,miles,"u8.CopyTo(header);
        foreach (var chunked in (bool[])[false, true])
        {
            using var content = new ByteArrayContent(header);
            content.Headers.ContentType = new("text/csv");
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"{Address()}/statement")) { Content = content };
            request.Headers.TransferEncodingChunked = chunked;
            // Who says its length is answered before it sends.
            request.Headers.ExpectContinue = true;
            using var answer = await ReconciledDay.SendAsync(request);
            Assert.Equal(status, answer.StatusCode);
            if (status != HttpStatusCode.OK)
                Assert.Equal("The statement must be at most 67108864 bytes long", Text(await JsonAsync(answer), "detail"));
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

    [Fact]
    public async Task Loyalty_compares_and_tells_a_script_whether_all_is_well()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllLinesAsync(file, await day.StatementAsync());
            var same = await day.LoyaltyAsync("reconcile", "--day", day.Day, "--statement", file);
            Assert.Equal((0, "4 matched, 0 missing here, 0 missing there, 0 different"), (same.ExitCode, same.Printed.Trim()));

            await File.WriteAllLinesAsync(file, await FalsifiedAsync());
            var other = await day.LoyaltyAsync("reconcile", "--day", day.Day, "--statement", file);
            Assert.Equal((1, ""), (other.ExitCode, other.Printed));
            Assert.Equal(
                [
                    "2 matched, 1 missing here, 1 missing there, 1 different",
                    "  missing here: I-LOST: The issuer has it, our ledger of the day does not: look for it under another day",
                    "  missing there: I-DY-6 (order DY-6): Issued here, not in the statement: ask the issuer, with the transaction id",
                    "  different: I-DY-1 (order DY-1): 8 miles here, 9 there",
                ],
                other.Errors.TrimEnd().Split('\n').Select(line => line.TrimEnd('\r'))
            );
            var json = await day.LoyaltyAsync("reconcile", "--day", day.Day, "--statement", file, "--json");
            Assert.Equal((1, "matched 2, here I-LOST, there I-DY-6, different I-DY-1"), (json.ExitCode, Comparison(json.Json)));

            await File.WriteAllTextAsync(file, "");
            var empty = await day.LoyaltyAsync("reconcile", "--day", day.Day, "--statement", file);
            Assert.Equal((1, "The statement is empty: its first line must name the columns"), (empty.ExitCode, empty.Errors.Trim()));
        }
        finally
        {
            File.Delete(file);
        }
        var missing = await day.LoyaltyAsync("reconcile", "--day", day.Day, "--statement", file);
        Assert.Equal((1, $"There is no file {file}"), (missing.ExitCode, missing.Errors.Trim()));
        Assert.Equal(2, (await day.LoyaltyAsync("reconcile", "--day", "2026-02-30")).ExitCode);
    }

    [Fact]
    public async Task What_does_not_fit_is_listed_from_three_sides_each_with_where_to_look()
    {
        await _system.Commerce.PublishAsync("commerce.order-completed", """{"orderId":"DY-9"}""");
        await Eventually.SeeAsync(
            () => _system.Database.ScalarAsync<long>("SELECT count(*) FROM dead_letter WHERE order_id = 'DY-9'"),
            count => count == 1,
            "a dead letter"
        );
        await _system.Database.RunAsync(
            $"UPDATE dead_letter SET first_failed_at = timestamp '{day.Day} 12:00' AT TIME ZONE 'America/Toronto'"
        );
        using (
            var kept = await ReconciledDay.PostAsync(
                new Uri($"{Address()}/statement?name=november.csv"),
                new StringContent(string.Join('\n', await FalsifiedAsync()), Encoding.UTF8, "text/csv")
            )
        )
            Assert.Equal(HttpStatusCode.OK, kept.StatusCode);

        var view = await JsonAsync(await ReconciledDay.GetAsync(new Uri($"{Address()}/breaks")));
        Assert.Equal(
            [
                "different DY-1 8/9",
                "missing here  /5",
                "missing there DY-6 8/",
                "not applied DY-9 /",
                "rejected DY-3 8/",
                "rejected DY-7 8/",
                "unknown DY-4 8/",
            ],
            view.GetProperty("breaks")
                .EnumerateArray()
                .Select(each => $"{Text(each, "kind")} {Text(each, "orderId")} {Miles(each, "milesHere")}/{Miles(each, "milesThere")}")
                .Order(StringComparer.Ordinal)
        );
        Assert.All(view.GetProperty("breaks").EnumerateArray(), each => Assert.NotEmpty(Text(each, "action")!));
        var letter = view.GetProperty("breaks")
            .EnumerateArray()
            .Single(each => Text(each, "kind") == "not applied")
            .GetProperty("deadLetterId")
            .GetGuid();
        Assert.Equal(HttpStatusCode.OK, (await ReconciledDay.GetAsync(new Uri(day.Site, $"/api/v1/dead-letters/{letter}"))).StatusCode);
        Assert.Equal(
            ("november.csv", 2, 7, 1),
            (
                Text(view, "statementName"),
                view.GetProperty("matched").GetInt32(),
                view.GetProperty("breakCount").GetInt32(),
                view.GetProperty("notApplied").GetInt32()
            )
        );
        Assert.Contains(
            "missing there: DY-6: I-DY-6",
            (await day.LoyaltyAsync("reconcile", "--day", day.Day, "--breaks")).Printed,
            StringComparison.Ordinal
        );
        Assert.DoesNotMatch(RunningSite.WholeCollectorNumber(), view.GetRawText());
    }

    [Fact]
    public async Task A_past_day_with_a_statement_is_signed_off_by_an_approver_until_another_statement_comes()
    {
        var site = await _system.StartOpsAsync(RunningSite.GuardedSettings());
        var (past, other) = (new Uri(site, "/api/v1/reconciliation/2026-01-05"), new Uri(site, "/api/v1/reconciliation/2026-01-06"));
        Assert.Equal("Upload the issuer's statement first: without it one of the three sides is missing", await RefusalAsync(other));
        Assert.Equal(
            "The day is not over yet",
            await RefusalAsync(new Uri(site, $"/api/v1/reconciliation/{TimeProvider.System.GetUtcNow().AddDays(2):yyyy-MM-dd}"))
        );

        Assert.Equal(
            HttpStatusCode.Forbidden,
            (await AskAsync(past, "statement", "viewer", "clientTransactionId,miles\nI-LOST,5")).StatusCode
        );
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(past, "statement", "operator", "clientTransactionId,miles\nI-LOST,5")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await AskAsync(past, "sign-off", "operator")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await AskAsync(past, "sign-off", "approver", "{}")).StatusCode);
        var signed = await JsonAsync(await AskAsync(past, "sign-off", "approver"));
        Assert.Equal(
            ("one approver", "they know of it", 1, "one operator"),
            (
                Text(signed, "signedOffBy"),
                Text(signed, "signedOffNote"),
                signed.GetProperty("breaksThen").GetInt32(),
                Text(signed, "statementBy")
            )
        );

        await AskAsync(past, "statement", "operator", "clientTransactionId,miles");
        var view = await JsonAsync(await ReconciledDay.GetAsync(new Uri($"{new Uri(day.Site, past.PathAndQuery)}/breaks")));
        Assert.Equal((null, 0), (Text(view, "signedOffBy"), view.GetProperty("breakCount").GetInt32()));
        var acts = await JsonAsync(await ReconciledDay.GetAsync(new Uri(day.Site, "/api/v1/audit?subject=day%202026-01-05")));
        Assert.Equal(
            ["statement", "sign off", "statement"],
            acts.GetProperty("records").EnumerateArray().Select(record => Text(record, "act"))
        );

        async Task<string?> RefusalAsync(Uri address)
        {
            using var answer = await AskAsync(address, "sign-off", "approver");
            Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
            return Text(await JsonAsync(answer), "detail");
        }
    }

    static Task<HttpResponseMessage> AskAsync(Uri address, string route, string role, string? body = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"{address}/{route}"))
        {
            Content = new StringContent(
                body ?? """{"reason":"they know of it"}""",
                Encoding.UTF8,
                route == "statement" ? "text/csv" : "application/json"
            ),
        };
        request.Headers.Authorization = new("Bearer", RunningSite.KeyOf(role));
        return ReconciledDay.SendAsync(request);
    }

    static string Miles(JsonElement json, string name) => json.TryGetProperty(name, out var miles) ? miles.GetRawText() : "";

    Uri Address(string? text = null) => new(day.Site, $"/api/v1/reconciliation/{text ?? day.Day}");

    /// <summary>One line changed, one removed, one added.</summary>
    async Task<List<string>> FalsifiedAsync()
    {
        var lines = (await day.StatementAsync()).ConvertAll(line => line == "I-DY-1,8,KENY" ? "I-DY-1,9,KENY" : line);
        Assert.Equal(1, lines.RemoveAll(line => line == "I-DY-6,8,LOY1"));
        lines.Add("I-LOST,5,KENY");
        return lines;
    }

    static Task<HttpResponseMessage> PostAsync(Uri address, List<string> lines) =>
        ReconciledDay.PostAsync(new Uri($"{address}/statement"), new StringContent(string.Join('\n', lines), Encoding.UTF8, "text/csv"));

    static async Task<JsonElement> JsonAsync(HttpResponseMessage answer) =>
        JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;

    static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;

    static string Total(JsonElement total) =>
        $"{Text(total, "sponsorCode")} {Text(total, "kind")}: "
        + string.Join(
            ", ",
            ((string[])["expected", "attempted", "confirmed", "pending", "rejected", "unknown"]).Select(name =>
                $"{name} {total.GetProperty(name).GetProperty("count")}/{total.GetProperty(name).GetProperty("miles")}"
            )
        );

    static string Comparison(JsonElement comparison) =>
        $"matched {comparison.GetProperty("matched")}, here {Ids(comparison, "missingHere")}, "
        + $"there {Ids(comparison, "missingThere")}, different {Ids(comparison, "different")}";

    static string Ids(JsonElement comparison, string name) =>
        string.Join(' ', comparison.GetProperty(name).EnumerateArray().Select(line => Text(line, "clientTransactionId")));
}
