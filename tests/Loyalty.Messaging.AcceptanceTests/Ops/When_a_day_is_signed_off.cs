using System.Net;
using System.Text;
using System.Text.Json;
using Loyalty.Messaging.TestKit;
using Xunit;
using static Loyalty.Messaging.AcceptanceTests.Ops.ReconciledDay;

namespace Loyalty.Messaging.AcceptanceTests.Ops;

/// <summary>What does not fit is looked at, and the day is signed off as it is.</summary>
[Collection(nameof(ReconciledDay))]
public sealed class When_a_day_is_signed_off(ReconciledDay day)
{
    [Fact]
    public async Task What_does_not_fit_is_listed_from_three_sides_each_with_where_to_look()
    {
        await day.System.Commerce.PublishAsync("commerce.order-completed", """{"orderId":"DY-9"}""");
        await Eventually.SeeAsync(
            () => day.System.Database.ScalarAsync<long>("SELECT count(*) FROM dead_letter WHERE order_id = 'DY-9'"),
            count => count == 1,
            "a dead letter"
        );
        await day.System.Database.RunAsync(
            $"UPDATE dead_letter SET first_failed_at = timestamp '{day.Day} 12:00' AT TIME ZONE 'America/Toronto'"
        );
        using (var kept = await SendStatementAsync(day.Address(), await day.FalsifiedAsync(), "?name=november.csv"))
            Assert.Equal(HttpStatusCode.OK, kept.StatusCode);

        var view = await JsonAsync(await GetAsync(new Uri($"{day.Address()}/breaks")));
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
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(new Uri(day.Site, $"/api/v1/dead-letters/{letter}"))).StatusCode);
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
        var site = await day.System.StartOpsAsync(RunningSite.GuardedSettings());
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
        var view = await JsonAsync(await GetAsync(new Uri($"{new Uri(day.Site, past.PathAndQuery)}/breaks")));
        Assert.Equal((null, 0), (Text(view, "signedOffBy"), view.GetProperty("breakCount").GetInt32()));
        var acts = await JsonAsync(await GetAsync(new Uri(day.Site, "/api/v1/audit?subject=day%202026-01-05")));
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
        return SendAsync(request);
    }

    static string Miles(JsonElement json, string name) => json.TryGetProperty(name, out var miles) ? miles.GetRawText() : "";
}
