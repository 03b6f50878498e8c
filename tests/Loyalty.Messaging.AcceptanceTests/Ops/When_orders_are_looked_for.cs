using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.Ops;

/// <summary>Lists, search and what a page's forms do. The tests share a system: each has a collector of its own.</summary>
public sealed class When_orders_are_looked_for(When_orders_are_looked_for.Looked looked) : IClassFixture<When_orders_are_looked_for.Looked>
{
    const string Collector = "80071000010";

    readonly HttpClient _http = looked.Http;
    readonly LoyaltySystem _system = looked.System;
    readonly Uri _ops = looked.Ops;
    readonly Browser _browser = looked.Browser;

    [Fact]
    public async Task They_are_found_by_every_id_and_by_collector_without_a_number_in_an_address()
    {
        await _system.Commerce.CompleteAsync(Commerce.Order("LF-1", Collector));
        await _system.OrderIsAsync("LF-1", "Issued");
        await _system.Commerce.RefundAsync(Commerce.FullRefund("LF-1R", "LF-1"));
        await _system.RefundIsAsync("LF-1R", "Reversed");

        foreach (var id in (string[])["LF-1", "I-LF-1"])
            Assert.Equal(["LF-1", "LF-1R"], (await IdsAsync($"?q={id}")).Order(StringComparer.Ordinal));
        foreach (var id in (string[])["LF-1R", "R-LF-1R"])
            Assert.Equal(["LF-1R"], await IdsAsync($"?q={id}"));
        Assert.Empty(await IdsAsync("?q=LF"));
        using (var refused = await _http.GetAsync(new Uri(_ops, $"/api/v1/orders?q={Collector}")))
        {
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            Assert.Contains("POST /api/v1/orders/search", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        using var found = await _http.PostAsJsonAsync(new Uri(_ops, "/api/v1/orders/search"), new { q = "8007 1000 010" });
        Assert.Equal(["LF-1", "LF-1R"], Ids(await found.Content.ReadFromJsonAsync<JsonElement>()).Order(StringComparer.Ordinal));

        Assert.Equal("/orders/LF-1", await _browser.SubmitAsync("/", "/search", ("q", " I-LF-1 ")));
        Assert.Equal("/orders/LF-1#refund-LF-1R", await _browser.SubmitAsync("/", "/search", ("q", "LF-1R")));
        var list = await _browser.SubmitAsync("/", "/search", ("q", Collector));
        Assert.StartsWith("/orders?collector=", list, StringComparison.Ordinal);
        Assert.DoesNotContain(Collector, list, StringComparison.Ordinal);
        Assert.Contains("LF-1R", await _browser.ReadAsync(list), StringComparison.Ordinal);
        Assert.Equal("/orders", await _browser.SubmitAsync("/", "/search", ("q", "never-seen")));
        Assert.Contains("never-seen has arrived", await _browser.ReadAsync("/orders"), StringComparison.Ordinal);
        Assert.DoesNotContain("never-seen", await _browser.ReadAsync("/orders"), StringComparison.Ordinal);
        await Agreement.HoldsAsync(_system);
    }

    [Fact]
    public async Task A_rejected_one_is_stuck_after_its_time_is_corrected_on_its_page_and_stuck_no_longer()
    {
        await _system.RejectAsync("LF-2", "80071000020");
        await Eventually.SeeAsync(() => IdsAsync("?stuck=true"), ids => ids.SequenceEqual(["LF-2"]), "the order to be stuck");
        Assert.Contains("stuck</span>", await _browser.ReadAsync("/orders/LF-2"), StringComparison.Ordinal);

        Assert.Equal(
            "/orders/LF-2",
            await _browser.SubmitAsync(
                "/orders/LF-2",
                "/orders/LF-2/correct",
                ("reason", "misread"),
                ("collectorNumber", "84095202006"),
                ("offerMiles", "12")
            )
        );
        Assert.Contains("corrected and on its way", await _browser.ReadAsync("/orders/LF-2"), StringComparison.Ordinal);
        await _system.OrderIsAsync("LF-2", "Issued");
        Assert.Empty(await IdsAsync("?stuck=true"));
        var order = await _http.GetFromJsonAsync<JsonElement>(new Uri(_ops, "/api/v1/orders/LF-2"));
        Assert.Equal((12, 2), (order.GetProperty("miles").GetInt32(), order.GetProperty("revision").GetInt32()));
        var changes = RunningSite
            .Entries(order, "correction")
            .Single()
            .GetProperty("details")
            .GetProperty("changes")
            .EnumerateArray()
            .Select(change => $"{change.GetProperty("field")} {change.GetProperty("before")} {change.GetProperty("after")}");
        Assert.Equal(["collectorNumber *******0020 *******2006", "offers STANDARD 8 STANDARD 12"], changes);
        var requests = RunningSite
            .Entries(order, "call")
            .Select(call =>
                JsonDocument
                    .Parse(call.GetProperty("details").GetProperty("request").GetString()!)
                    .RootElement.GetProperty("collectorNumber")
                    .GetString()
            );
        Assert.Equal(["*******0020", "*******2006"], requests);
        Assert.DoesNotMatch(RunningSite.WholeCollectorNumber(), order.GetRawText());
        var audit = await _http.GetFromJsonAsync<JsonElement>(new Uri(_ops, "/api/v1/audit?subject=order%20LF-2"));
        Assert.Equal(("correct", "misread", "developer"), Act(audit.GetProperty("records")[0]));
        await Agreement.HoldsAsync(_system);
    }

    [Fact]
    public async Task A_whole_number_is_shown_once_and_it_is_kept_who_saw_it()
    {
        const string collector = "80071000030";
        await _system.Commerce.CompleteAsync(Commerce.Order("LF-3", collector));
        await _system.OrderIsAsync("LF-3", "Issued");
        Assert.DoesNotContain(collector, await _browser.ReadAsync("/orders/LF-3"), StringComparison.Ordinal);
        await _browser.SubmitAsync("/orders/LF-3", "/orders/LF-3/reveal", ("reason", "the collector is on the phone"));
        Assert.Contains(collector, await _browser.ReadAsync("/orders/LF-3"), StringComparison.Ordinal);
        Assert.DoesNotContain(collector, await _browser.ReadAsync("/orders/LF-3"), StringComparison.Ordinal);
        Assert.Contains(
            "developer (approver): reveal collector: the collector is on the phone",
            await _browser.ReadAsync("/orders/LF-3"),
            StringComparison.Ordinal
        );
        Assert.True(
            (await _http.GetFromJsonAsync<JsonElement>(new Uri(_ops, "/api/v1/audit/verification"))).GetProperty("intact").GetBoolean()
        );
    }

    [Fact]
    public async Task A_timer_is_listed_and_goes_off_when_somebody_says_so()
    {
        await _system.Issuer.FailAsync("I-LF-4");
        await _system.Commerce.CompleteAsync(Commerce.Order("LF-4", "80071000040"));
        var timers = await Eventually.SeeAsync(
            () => _http.GetFromJsonAsync<JsonElement>(new Uri(_ops, "/api/v1/timers")),
            list => list.GetProperty("timers").GetArrayLength() == 1,
            "a timer"
        );
        Assert.Equal("LF-4", timers.GetProperty("timers")[0].GetProperty("orderId").GetString());
        Assert.Equal(
            "/timers",
            await _browser.SubmitAsync("/timers", "/orders/LF-4/timer", ("reason", "the issuer is back"), ("what", "now"))
        );
        await _system.OrderIsAsync("LF-4", "Issued");
        Assert.Equal(
            0,
            (await _http.GetFromJsonAsync<JsonElement>(new Uri(_ops, "/api/v1/timers"))).GetProperty("timers").GetArrayLength()
        );
        using var unclear = await _http.PostAsJsonAsync(new Uri(_ops, "/api/v1/orders/LF-4/timer"), new { reason = "why" });
        Assert.Equal(HttpStatusCode.BadRequest, unclear.StatusCode);
        await Agreement.HoldsAsync(_system);
    }

    [Theory]
    [InlineData("?state=Gone", "state Gone does not exist")]
    [InlineData("?kind=both", "kind must be issue or reverse")]
    [InlineData("?from=yesterday", "from 'yesterday' is not a time")]
    [InlineData("?day=21.11.2026", "is not a date")]
    [InlineData("?cursor=abc", "cursor is not valid")]
    [InlineData("?limit=0", "limit must be a whole number from 1 to 200")]
    [InlineData("?stuck=maybe", "stuck must be true or false")]
    public async Task What_cannot_be_asked_is_said(string query, string sentence)
    {
        using var answer = await _http.GetAsync(new Uri(_ops, $"/api/v1/orders{query}"));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(
            sentence,
            (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString(),
            StringComparison.Ordinal
        );
        using var page = await _browser.GetAsync($"/orders{query}");
        Assert.Equal(query.StartsWith("?limit", StringComparison.Ordinal) ? HttpStatusCode.OK : HttpStatusCode.BadRequest, page.StatusCode);
    }

    static (string?, string?, string?) Act(JsonElement record) =>
        (record.GetProperty("act").GetString(), record.GetProperty("reason").GetString(), record.GetProperty("actor").GetString());

    async Task<List<string>> IdsAsync(string query) =>
        Ids(await _http.GetFromJsonAsync<JsonElement>(new Uri(_ops, $"/api/v1/orders{query}")));

    static List<string> Ids(JsonElement list) =>
        [
            .. list.GetProperty("orders")
                .EnumerateArray()
                .Select(row =>
                    row.TryGetProperty("refundId", out var refund) ? refund.GetString()! : row.GetProperty("orderId").GetString()!
                ),
        ];

    public sealed class Looked : IAsyncLifetime
    {
        internal HttpClient Http { get; } = new();
        internal LoyaltySystem System { get; private set; } = null!;
        internal Uri Ops { get; private set; } = null!;
        internal Browser Browser { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            System = await LoyaltySystem.CreateAsync();
            System.Settings["Collectors__IndexKey"] = new string('a', 64);
            System.Settings["Timing__RetryDelays"] = "01:00:00";
            System.Settings["Ops__StuckAfter__Rejected"] = "00:00:00.001";
            await System.StartWorkerAsync();
            Ops = await System.StartOpsAsync();
            Browser = new Browser(Ops);
        }

        public async ValueTask DisposeAsync()
        {
            Browser.Dispose();
            Http.Dispose();
            await System.DisposeAsync();
        }
    }
}
