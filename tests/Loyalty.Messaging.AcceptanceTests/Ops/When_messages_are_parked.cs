using System.Globalization;
using System.Net;
using System.Text.Json;
using Loyalty.Messaging.AcceptanceTests.DeadLetters;
using Loyalty.Messaging.TestKit;
using RabbitMQ.Client;
using Xunit;
using static Loyalty.Messaging.AcceptanceTests.Ops.Keys;

namespace Loyalty.Messaging.AcceptanceTests.Ops;

/// <summary>
/// Calls that the broker did not take in any attempt: seen, and tried again once the cause is mended, without SQL; above two messages by
/// two people.
/// </summary>
public sealed class When_messages_are_parked : LetterTest
{
    private protected override Task<LetterSystem> StartAsync() =>
        LetterSystem.StartAsync(
            guarded: true,
            settings: new Dictionary<string, string> { ["Ops__Approval__Messages"] = "2", ["Ops__Approval__Period"] = "00:00:00.001" },
            worker: new Dictionary<string, string>
            {
                ["Outbox__MaxAttempts"] = "1",
                ["Outbox__QueryDelay"] = "00:00:00.1",
                ["Outbox__ConfirmTimeout"] = "00:00:01",
                ["Outbox__AgeLimit"] = "00:00:02",
            }
        );

    [Fact]
    public async Task They_are_listed_with_their_orders_and_released_once_the_cause_is_mended()
    {
        var parked = await ParkAsync("PK");
        Assert.Equal(
            ["PK-1 IssueMiles", "PK-2 IssueMiles", "PK-3 IssueMiles"],
            parked.Select(message => $"{message.GetProperty("orderId")} {message.GetProperty("messageType")}").Order(StringComparer.Ordinal)
        );
        Assert.All(
            parked,
            message => Assert.StartsWith("loyalty.issuer-0", message.GetProperty("destination").GetString(), StringComparison.Ordinal)
        );
        Assert.All(parked, message => Assert.Contains("Return", message.GetProperty("lastFault").GetString(), StringComparison.Ordinal));
        var first = await Letters.GetAsync("outbox/parked?limit=2", Viewer);
        var second = await Letters.GetAsync($"outbox/parked?limit=2&cursor={first.GetProperty("next").GetString()}", Viewer);
        Assert.Equal(
            Ids(parked),
            Ids([.. first.GetProperty("messages").EnumerateArray(), .. second.GetProperty("messages").EnumerateArray()])
        );

        using var browser = new Browser(Letters.Ops);
        await browser.SignInAsync(Operator);
        Assert.Contains("href=\"/outbox\">3 parked", await browser.ReadAsync("/"), StringComparison.Ordinal);
        Assert.Contains("href=\"/outbox\"", await browser.ReadAsync("/orders/PK-1"), StringComparison.Ordinal);
        var page = await browser.ReadAsync("/outbox");
        Assert.All(
            (string[])["/orders/PK-1", "/orders/PK-2", "/orders/PK-3", "IssueMiles"],
            text => Assert.Contains(text, page, StringComparison.Ordinal)
        );

        // The cause is there again: it comes back.
        await UnbindIssuerQueuesAsync();
        var one = parked.Single(message => message.GetProperty("orderId").GetString() == "PK-1");
        var id = one.GetProperty("id").GetGuid();
        Assert.Equal(1, await ReleasedAsync(new { ids = (Guid[])[id], reason = "let us see" }));
        await Eventually.SeeAsync(
            ParkedAsync,
            messages =>
                messages.Count == 3
                && messages[0].GetProperty("id").GetGuid() == id
                && messages[0].GetProperty("parkedAt").GetDateTimeOffset() > one.GetProperty("parkedAt").GetDateTimeOffset(),
            "it to come back"
        );

        await AreBoundAsync();
        Assert.Equal(
            "/outbox",
            await browser.SubmitAsync("/outbox", "/outbox/release", ("id", id.ToString()), ("reason", "the queue is bound again"))
        );
        await System.OrderIsAsync("PK-1", "Issued");
        Assert.Equal(2, await ReleasedAsync(new { all = true, reason = "the others too" }));
        Assert.Equal(0, await ReleasedAsync(new { all = true, reason = "twice" }));
        await System.OrderIsAsync("PK-2", "Issued");
        await System.OrderIsAsync("PK-3", "Issued");
        Assert.Empty(await ParkedAsync());
        Assert.Contains("Nothing is parked", await browser.ReadAsync("/outbox"), StringComparison.Ordinal);
        Assert.Contains("the queue is bound again", await browser.ReadAsync("/orders/PK-1"), StringComparison.Ordinal);
        await Agreement.HoldsAsync(System);
    }

    [Fact]
    public async Task Many_are_released_by_two()
    {
        await ParkAsync("PT");
        await AreBoundAsync();
        var request = new
        {
            all = true,
            reason = "the queues are bound again",
            id = Guid.NewGuid(),
        };
        foreach (var _ in Enumerable.Range(0, 2))
        {
            var (status, job) = await ReleaseAsync(request);
            Assert.Equal(
                (HttpStatusCode.Accepted, request.id, "3 are more than 2 at once"),
                (status, job.GetProperty("id").GetGuid(), job.GetProperty("needsApproval").GetString())
            );
        }
        Assert.Equal(3, (await ParkedAsync()).Count);
        Assert.Equal(HttpStatusCode.Forbidden, (await Letters.ApproveAsync(request.id, Operator)).Status);

        Assert.Equal(HttpStatusCode.OK, (await Letters.ApproveAsync(request.id, Approver)).Status);
        Assert.Equal(3, (await Letters.JobIsAsync(request.id, "Done", Viewer)).GetProperty("done").GetInt32());
        foreach (var number in Enumerable.Range(1, 3))
            await System.OrderIsAsync($"PT-{number}", "Issued");
        Assert.Equal(
            ["one operator: release: the queues are bound again"],
            await System.Database.ColumnAsync("SELECT actor || ': ' || act || ': ' || reason FROM audit WHERE subject = 'order PT-2'")
        );
        await Agreement.HoldsAsync(System);
    }

    [Fact]
    public async Task A_release_says_which_and_why()
    {
        await RefusesAsync(new { reason = "why" }, "say which: ids, or \"all\": true");
        await RefusesAsync(
            new
            {
                all = true,
                ids = (Guid[])[Guid.NewGuid()],
                reason = "why",
            },
            "say which"
        );
        await RefusesAsync(new { ids = Array.Empty<Guid>(), reason = "why" }, "ids must not be empty");
        await RefusesAsync(new { ids = Enumerable.Range(0, 1001).Select(_ => Guid.NewGuid()), reason = "why" }, "at most 1000");
        await RefusesAsync(new { all = true }, "reason is required");
        Assert.Equal(0, await ReleasedAsync(new { ids = (Guid[])[Guid.NewGuid()], reason = "unknown" }));
        Assert.Equal(HttpStatusCode.BadRequest, (await Letters.AskAsync("GET", "outbox/parked?cursor=mine", null, Viewer)).Status);
        using var browser = new Browser(Letters.Ops);
        await browser.SignInAsync(Viewer);
        using var page = await browser.GetAsync("/outbox?cursor=mine");
        Assert.Contains("This address is broken", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    /// <summary>Three orders whose calls the broker does not take.</summary>
    async Task<List<JsonElement>> ParkAsync(string prefix)
    {
        await UnbindIssuerQueuesAsync();
        foreach (var number in Enumerable.Range(1, 3))
            await System.Commerce.CompleteAsync(Commerce.Order($"{prefix}-{number}", $"8006500{number:D4}"));
        return await Eventually.SeeAsync(ParkedAsync, messages => messages.Count == 3, "three parked messages");
    }

    /// <summary>
    /// As a mistake in the broker's topology would have it, made just after the worker has put its topology right: until it does so again,
    /// seconds go by.
    /// </summary>
    async Task UnbindIssuerQueuesAsync()
    {
        await using var connection = await System.Vhost.ConnectAsync("topology");
        await using var channel = await connection.CreateChannelAsync();
        // A worker that begins on a queue binds it too.
        foreach (var queue in IssuerQueues())
            await Eventually.SeeAsync(() => channel.ConsumerCountAsync(queue), consumers => consumers > 0, $"a consumer of {queue}");
        await UnbindAsync(channel);
        await AreBoundAsync();
        await UnbindAsync(channel);
    }

    async Task UnbindAsync(IChannel channel)
    {
        foreach (var queue in IssuerQueues())
            await channel.QueueUnbindAsync(queue, queue, "");
    }

    async Task AreBoundAsync()
    {
        foreach (var queue in IssuerQueues())
            await Eventually.SeeAsync(() => System.Vhost.IsBoundAsync(queue), bound => bound, $"the worker to bind {queue}");
    }

    IEnumerable<string> IssuerQueues() =>
        Enumerable
            .Range(0, int.Parse(System.WorkerSettings()["RabbitMq__Partitions"], CultureInfo.InvariantCulture))
            .Select(number => $"loyalty.issuer-{number:00}");

    async Task<List<JsonElement>> ParkedAsync() =>
        [.. (await Letters.GetAsync("outbox/parked", Viewer)).GetProperty("messages").EnumerateArray()];

    Task<(HttpStatusCode Status, JsonElement Body)> ReleaseAsync(object request) =>
        Letters.AskAsync("POST", "outbox/parked/release", request, Operator);

    async Task<int> ReleasedAsync(object request)
    {
        var (status, body) = await ReleaseAsync(request);
        Assert.Equal(HttpStatusCode.OK, status);
        return body.GetProperty("count").GetInt32();
    }

    async Task RefusesAsync(object request, string sentence)
    {
        var (status, body) = await ReleaseAsync(request);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains(sentence, body.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    static IEnumerable<Guid> Ids(IEnumerable<JsonElement> messages) => messages.Select(message => message.GetProperty("id").GetGuid());
}
