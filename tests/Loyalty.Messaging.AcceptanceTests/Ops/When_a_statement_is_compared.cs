using System.Net;
using System.Text.Json;
using Xunit;
using static Loyalty.Messaging.AcceptanceTests.Ops.ReconciledDay;

namespace Loyalty.Messaging.AcceptanceTests.Ops;

/// <summary>The issuer's statement of a day, held against what we have.</summary>
[Collection(nameof(ReconciledDay))]
public sealed class When_a_statement_is_compared(ReconciledDay day)
{
    [Fact]
    public async Task A_statement_that_says_the_same_matches()
    {
        using var answer = await SendStatementAsync(day.Address(), await day.StatementAsync());
        Assert.Equal("matched 4, here , there , different ", Comparison(await JsonAsync(answer)));
    }

    [Fact]
    public async Task A_statement_that_says_otherwise_is_taken_apart()
    {
        using var answer = await SendStatementAsync(day.Address(), await day.FalsifiedAsync());
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
        var site = await day.System.StartOpsAsync(
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
        using var answer = await SendStatementAsync(
            new Uri(site, $"/api/v1/reconciliation/{day.Day}"),
            lines.ConvertAll(line => line.Replace(',', ';'))
        );
        Assert.Equal("matched 4, here , there , different ", Comparison(await JsonAsync(answer)));
    }

    [Fact]
    public async Task A_statement_that_cannot_be_read_is_a_400_with_its_line()
    {
        using var answer = await SendStatementAsync(day.Address(), ["clientTransactionId,miles", "I-DY-1,eight"]);
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
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"{day.Address()}/statement")) { Content = content };
            request.Headers.TransferEncodingChunked = chunked;
            // Who says its length is answered before it sends.
            request.Headers.ExpectContinue = true;
            using var answer = await SendAsync(request);
            Assert.Equal(status, answer.StatusCode);
            if (status != HttpStatusCode.OK)
                Assert.Equal("The statement must be at most 67108864 bytes long", Text(await JsonAsync(answer), "detail"));
        }
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

            await File.WriteAllLinesAsync(file, await day.FalsifiedAsync());
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

    static string Comparison(JsonElement comparison) =>
        $"matched {comparison.GetProperty("matched")}, here {Ids(comparison, "missingHere")}, "
        + $"there {Ids(comparison, "missingThere")}, different {Ids(comparison, "different")}";

    static string Ids(JsonElement comparison, string name) =>
        string.Join(' ', comparison.GetProperty(name).EnumerateArray().Select(line => Text(line, "clientTransactionId")));
}
