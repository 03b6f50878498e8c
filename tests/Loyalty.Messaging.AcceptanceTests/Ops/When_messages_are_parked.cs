using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.Ops;

/// <summary>A call that the broker did not take in all attempts: seen, mended and let go by the people who run this, without SQL.</summary>
public sealed class When_messages_are_parked : IAsyncLifetime
{
    readonly HttpClient _http = new();
    LoyaltySystem _system = null!;
    Uri _ops = null!;
    Browser _browser = null!;

    public async ValueTask InitializeAsync()
    {
        _system = await LoyaltySystem.CreateAsync();
        _system.Settings["Outbox__MaxAttempts"] = "1";
        _system.Settings["Outbox__QueryDelay"] = "00:00:00.1";
        await _system.StartWorkerAsync();
        _ops = await _system.StartOpsAsync();
        _browser = new Browser(_ops);
    }

    public async ValueTask DisposeAsync()
    {
        _browser.Dispose();
        _http.Dispose();
        await _system.DisposeAsync();
    }

    [Fact]
    public async Task They_are_listed_with_their_orders_and_released_once_the_cause_is_mended()
    {
        await BindIssuerQueuesAsync(false);
        await _system.Commerce.CompleteAsync(Commerce.Order("PK-1", "80065000012"));
        await _system.Commerce.CompleteAsync(Commerce.Order("PK-2", "80065000020"));
        await _system.Commerce.CompleteAsync(Commerce.Order("PK-3", "80065000038"));
        var parked = await Eventually.SeeAsync(ParkedAsync, messages => messages.Count == 3, "three parked messages");
        Assert.Equal(["PK-1", "PK-2", "PK-3"], parked.Select(message => message.GetProperty("orderId").GetString()).Order(StringComparer.Ordinal));
        Assert.All(parked, message => Assert.Contains("Return", message.GetProperty("lastFault").GetString(), StringComparison.Ordinal));
        var second = Assert.Single((await ReadAsync("?limit=2&cursor=" + (await ReadAsync("?limit=2")).GetProperty("next").GetString())).GetProperty("messages").EnumerateArray());
        Assert.Equal(parked[2].GetProperty("id").GetGuid(), second.GetProperty("id").GetGuid());

        Assert.Contains("href=\"/outbox\">3 parked", await _browser.ReadAsync("/"), StringComparison.Ordinal);
        Assert.Contains("href=\"/outbox\"", await _browser.ReadAsync("/orders/PK-1"), StringComparison.Ordinal);
        var page = await _browser.ReadAsync("/outbox");
        Assert.All((string[])["/orders/PK-1", "/orders/PK-2", "/orders/PK-3", "IssueMiles"], text => Assert.Contains(text, page, StringComparison.Ordinal));

        // The cause is still there: it comes back.
        var one = parked.Single(message => message.GetProperty("orderId").GetString() == "PK-1").GetProperty("id").GetString()!;
        var parkedAt = parked.Single(message => message.GetProperty("orderId").GetString() == "PK-1").GetProperty("parkedAt").GetDateTimeOffset();
        Assert.Equal(1, await ReleaseAsync(new { ids = new[] { one }, reason = "let us see" }));
        await Eventually.SeeAsync(ParkedAsync, messages => messages.Count == 3 && messages[0].GetProperty("id").GetString() == one && messages[0].GetProperty("parkedAt").GetDateTimeOffset() > parkedAt, "it to come back");

        await BindIssuerQueuesAsync(true);
        Assert.Equal("/outbox", await _browser.SubmitAsync("/outbox", "/outbox/release", ("id", one), ("reason", "the queue is bound again")));
        await _system.OrderIsAsync("PK-1", "Issued");
        Assert.Equal(2, await ReleaseAsync(new { all = true, reason = "the others too" }));
        Assert.Equal(0, await ReleaseAsync(new { all = true, reason = "twice" }));
        await _system.OrderIsAsync("PK-2", "Issued");
        await _system.OrderIsAsync("PK-3", "Issued");
        Assert.Empty(await ParkedAsync());
        Assert.Contains("Nothing is parked", await _browser.ReadAsync("/outbox"), StringComparison.Ordinal);
        Assert.Contains("the queue is bound again", await _browser.ReadAsync("/orders/PK-1"), StringComparison.Ordinal);
        await Agreement.HoldsAsync(_system);
    }

    [Fact]
    public async Task A_release_says_which_and_why()
    {
        await RefusesAsync(new { reason = "why" }, "say which: ids, or");
        await RefusesAsync(new { all = true, ids = new[] { Guid.NewGuid() }, reason = "why" }, "say which");
        await RefusesAsync(new { ids = Array.Empty<Guid>(), reason = "why" }, "ids must not be empty");
        await RefusesAsync(new { ids = Enumerable.Range(0, 1001).Select(_ => Guid.NewGuid()), reason = "why" }, "at most 1000");
        await RefusesAsync(new { all = true }, "reason is required");
        Assert.Equal(0, await ReleaseAsync(new { ids = new[] { Guid.NewGuid() }, reason = "unknown" }));
        using var list = await _http.GetAsync(new Uri(_ops, "/api/v1/outbox/parked?cursor=mine"));
        Assert.Equal(HttpStatusCode.BadRequest, list.StatusCode);
        using var page = await _browser.GetAsync("/outbox?cursor=mine");
        Assert.Contains("This address is broken", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    /// <summary>As a mistake in the broker's topology would have it.</summary>
    async Task BindIssuerQueuesAsync(bool bound)
    {
        await using var connection = await _system.Vhost.ConnectAsync("topology");
        await using var channel = await connection.CreateChannelAsync();
        foreach (var queue in Enumerable.Range(0, 4).Select(number => $"loyalty.issuer-{number.ToString("00", CultureInfo.InvariantCulture)}"))
        {
            if (bound)
                await channel.QueueBindAsync(queue, queue, "");
            else
                await channel.QueueUnbindAsync(queue, queue, "");
        }
    }

    async Task<JsonElement> ReadAsync(string query) => await _http.GetFromJsonAsync<JsonElement>(new Uri(_ops, "/api/v1/outbox/parked" + query));

    async Task<List<JsonElement>> ParkedAsync() => [.. (await ReadAsync("")).GetProperty("messages").EnumerateArray()];

    async Task<int> ReleaseAsync(object request)
    {
        using var answer = await _http.PostAsJsonAsync(new Uri(_ops, "/api/v1/outbox/parked/release"), request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("count").GetInt32();
    }

    async Task RefusesAsync(object request, string sentence)
    {
        using var answer = await _http.PostAsJsonAsync(new Uri(_ops, "/api/v1/outbox/parked/release"), request);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(sentence, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
