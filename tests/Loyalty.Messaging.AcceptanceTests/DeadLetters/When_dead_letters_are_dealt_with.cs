using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.DeadLetters;

/// <summary>What people do with dead letters: each act once, with its reason, and never more than was asked for.</summary>
public sealed class When_dead_letters_are_dealt_with(SharedLetters shared) : IClassFixture<SharedLetters>
{
    readonly LetterSystem _letters = shared.Letters;
    readonly LoyaltySystem _system = shared.Letters.System;

    [Fact]
    public async Task A_discarded_one_counts_down_and_can_be_restored()
    {
        var id = (await shared.InvalidAsync("DD-1")).GetProperty("id").GetGuid();
        Assert.False((await _letters.GetAsync($"dead-letters/{id}")).TryGetProperty("deletedAt", out _));
        Assert.Equal(
            HttpStatusCode.BadRequest,
            (await _letters.AskAsync("POST", "dead-letters/discard", new { ids = (Guid[])[id] })).Status
        );
        Assert.Equal(
            HttpStatusCode.BadRequest,
            (await _letters.AskAsync("POST", "dead-letters/discard", new { reason = "everything, by mistake" })).Status
        );

        var (status, changed) = await _letters.AskAsync(
            "POST",
            "dead-letters/discard",
            new { ids = (Guid[])[id], reason = "a test of theirs" }
        );
        Assert.Equal((HttpStatusCode.OK, 1), (status, changed.GetProperty("count").GetInt32()));
        var discarded = await _letters.GetAsync($"dead-letters/{id}");
        Assert.Equal(
            ("Discarded", "a test of theirs"),
            (discarded.GetProperty("state").GetString(), discarded.GetProperty("stateReason").GetString())
        );
        Assert.Equal(
            TimeSpan.FromDays(30),
            discarded.GetProperty("deletedAt").GetDateTimeOffset() - discarded.GetProperty("stateSince").GetDateTimeOffset()
        );
        await _letters.OpenAsync(0, "&order=DD-1");
        Assert.Equal(
            HttpStatusCode.Conflict,
            (await _letters.AskAsync("POST", "dead-letters/replays", new { ids = (Guid[])[id], reason = "try" })).Status
        );

        Assert.Equal(
            1,
            (await _letters.AskAsync("POST", "dead-letters/restore", new { ids = (Guid[])[id], reason = "it was none" }))
                .Body.GetProperty("count")
                .GetInt32()
        );
        Assert.Equal(
            0,
            (await _letters.AskAsync("POST", "dead-letters/restore", new { ids = (Guid[])[id], reason = "twice" }))
                .Body.GetProperty("count")
                .GetInt32()
        );
        Assert.False((await shared.LetterIsAsync(id, "Open")).TryGetProperty("deletedAt", out _));
        Assert.Equal(["restore: it was none", "discard: a test of theirs"], await shared.ActsAsync($"dead letter {id}"));
    }

    /// <summary>A queue that is gone, of a worker that had more of them: what is sent there is parked in the end.</summary>
    [Fact]
    public async Task A_refunds_call_knows_its_order_and_a_replay_that_the_broker_will_not_have_fails()
    {
        await _system.Commerce.CompleteAsync(Commerce.Order("DC-1"));
        await _system.OrderIsAsync("DC-1", "Issued");
        await _system.Commerce.RefundAsync(Commerce.Refund("DC-R", "DC-1"));
        await _system.RefundIsAsync("DC-R", "Reversed");
        var call = """{"messageType":["urn:message:Loyalty.Messaging.Sagas.Reversal:ReverseMiles"],"message":{"refundId":"DC-R"}}""";
        var headers = new Dictionary<string, object?>
        {
            ["loyalty-kind"] = "failed",
            ["loyalty-endpoint"] = "loyalty.issuer-99",
            ["loyalty-reason"] = "a defect",
        };
        await _system.Commerce.PublishAsync(
            "loyalty.dead-letters",
            Encoding.UTF8.GetBytes(call),
            Guid.NewGuid().ToString(),
            headers: headers
        );
        var letter = Assert.Single(await _letters.OpenAsync(1, "&order=DC-1")).GetProperty("id").GetGuid();

        var (_, job) = await _letters.AskAsync("POST", "dead-letters/replays", new { ids = (Guid[])[letter], reason = "try" });
        var id = job.GetProperty("id").GetGuid();
        var sent = $"id = (SELECT outbox_id FROM job_item WHERE job_id = '{id}')";
        await Eventually.SeeAsync(
            () => _system.Database.ScalarAsync<long>($"SELECT count(*) FROM outbox WHERE {sent} AND attempts > 0"),
            tried => tried == 1,
            "the message to be refused"
        );
        // Again and again: a try that is under way says afterwards when the next one is.
        await Eventually.SeeAsync(
            async () =>
            {
                await _system.Database.RunAsync($"UPDATE outbox SET parked_at = now(), due_at = NULL WHERE {sent}");
                return await _system.Database.ScalarAsync<long>($"SELECT count(*) FROM outbox WHERE {sent}");
            },
            left => left == 0,
            "the parked message to be given up"
        );

        Assert.Equal(1, (await _letters.JobIsAsync(id, "Stopped")).GetProperty("failed").GetInt32());
        await shared.LetterIsAsync(letter, "Open");
        Assert.Equal(0L, await _system.Database.ScalarAsync<long>($"SELECT count(*) FROM outbox WHERE {sent}"));
        await _letters.AskAsync("POST", "dead-letters/discard", new { ids = (Guid[])[letter], reason = "there is no such queue" });
    }

    [Fact]
    public async Task A_group_has_a_note_until_it_is_emptied()
    {
        var group = (await shared.InvalidAsync("DN-1")).GetProperty("group").GetGuid();
        Assert.Equal(
            HttpStatusCode.BadRequest,
            (await _letters.AskAsync("PUT", $"dead-letters/groups/{group}/note", new { note = new string('x', 2001) })).Status
        );
        Assert.Equal(
            HttpStatusCode.NoContent,
            (await _letters.AskAsync("PUT", $"dead-letters/groups/{group}/note", new { note = "commerce knows" })).Status
        );
        var noted = (await _letters.GetAsync("dead-letters/groups"))
            .EnumerateArray()
            .Single(each => each.GetProperty("group").GetGuid() == group);
        Assert.Equal("commerce knows", noted.GetProperty("note").GetString());
        Assert.NotEmpty(noted.GetProperty("noteBy").GetString()!);

        await _letters.AskAsync("PUT", $"dead-letters/groups/{group}/note", new { note = "" });
        Assert.False(
            (await _letters.GetAsync("dead-letters/groups"))
                .EnumerateArray()
                .Single(each => each.GetProperty("group").GetGuid() == group)
                .TryGetProperty("note", out _)
        );
        Assert.Equal(["note: ", "note: commerce knows"], await shared.ActsAsync($"group {group}"));
    }

    [Fact]
    public async Task An_edited_event_is_sent_in_place_of_the_original_and_its_masked_number_is_the_one_that_was_there()
    {
        var id = (await shared.InvalidAsync("DE-1")).GetProperty("id").GetGuid();
        var shown = JsonNode.Parse((await _letters.GetAsync($"dead-letters/{id}")).GetProperty("body").GetString()!)!.AsObject();
        Assert.Equal("*******2028", shown["collectorNumber"]!.GetValue<string>());

        var broken = await EditAsync(id, shown, "as it is");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, broken.Status);
        Assert.StartsWith(
            "locationCode",
            Assert.Single(broken.Body.GetProperty("refusals").EnumerateArray()).GetString(),
            StringComparison.Ordinal
        );
        shown["locationCode"] = "0037";
        var other = shown.DeepClone().AsObject();
        other["orderId"] = "DE-2";
        var moved = await EditAsync(id, other, "another order");
        Assert.Equal(
            (HttpStatusCode.UnprocessableEntity, "orderId must stay DE-1: another order is another event"),
            (moved.Status, moved.Body.GetProperty("detail").GetString())
        );
        Assert.Equal(HttpStatusCode.BadRequest, (await EditAsync(id, shown, "")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await EditAsync(Guid.NewGuid(), shown, "nothing there")).Status);
        await _letters.OpenAsync(1, "&order=DE-1");
        using (var browser = new Ops.Browser(_letters.Ops))
            Assert.Equal("/dead-letters?order=DE-1", await browser.SubmitAsync("/", "/search", ("q", "DE-1")));

        var operation = Guid.NewGuid();
        var (status, edited) = await EditAsync(id, shown, "commerce says that it is 0037", operation);
        Assert.Equal(HttpStatusCode.Accepted, status);
        var (editedId, job) = (edited.GetProperty("deadLetterId").GetGuid(), edited.GetProperty("jobId").GetGuid());
        var again = await EditAsync(id, shown, "commerce says that it is 0037", operation);
        Assert.Equal(
            (HttpStatusCode.Accepted, editedId, job),
            (again.Status, again.Body.GetProperty("deadLetterId").GetGuid(), again.Body.GetProperty("jobId").GetGuid())
        );
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await EditAsync(id, shown, "once more")).Status);

        await _letters.JobIsAsync(job, "Done");
        await _system.OrderIsAsync("DE-1", "Issued");
        Assert.Equal("80085102028", Assert.Single(await _system.Issuer.AttemptsAsync("I-DE-1")).CollectorNumber);
        Assert.Equal(editedId, (await shared.LetterIsAsync(id, "Edited")).GetProperty("editedTo").GetGuid());
        Assert.Equal(id, (await shared.LetterIsAsync(editedId, "Replayed")).GetProperty("editedFrom").GetGuid());
        Assert.Equal(["edit: commerce says that it is 0037"], await shared.ActsAsync($"dead letter {id}"));
        var told = (await _letters.GetAsync("orders/DE-1"))
            .GetProperty("timeline")
            .EnumerateArray()
            .Where(entry => entry.GetProperty("kind").GetString() == "dead-letter")
            .Select(entry => entry.GetProperty("text").GetString()!)
            .ToList();
        Assert.Contains("given up in loyalty.issuance: order-completed: locationCode is required", told[0], StringComparison.Ordinal);
        Assert.Contains(
            told,
            text =>
                text.StartsWith("Another message was sent in its place, by ", StringComparison.Ordinal)
                && text.EndsWith(": commerce says that it is 0037", StringComparison.Ordinal)
        );
        Assert.DoesNotContain("80085102028", (await _letters.GetAsync("audit?limit=500")).ToString(), StringComparison.Ordinal);
    }

    /// <summary>An edit must not move a call to another collector unseen.</summary>
    [Fact]
    public async Task Two_numbers_that_look_alike_are_written_out_by_whoever_edits()
    {
        var order = Commerce.Order("DE-5");
        order.Remove("locationCode");
        order["context"] = new Dictionary<string, string> { ["card"] = "81234562028" };
        await _system.Commerce.CompleteAsync(order);
        var id = (await _letters.OpenAsync(1, "&order=DE-5")).Single().GetProperty("id").GetGuid();
        var shown = JsonNode.Parse((await _letters.GetAsync($"dead-letters/{id}")).GetProperty("body").GetString()!)!.AsObject();
        Assert.Equal("*******2028", shown["context"]!["card"]!.GetValue<string>());
        shown["locationCode"] = "0037";
        var refused = await EditAsync(id, shown, "the location was left out");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        Assert.Contains(
            "*******2028 stands for more than one collector number",
            refused.Body.GetProperty("detail").GetString(),
            StringComparison.Ordinal
        );
        (shown["collectorNumber"], shown["context"]!["card"]) = ("80085102028", "none");
        Assert.Equal(HttpStatusCode.Accepted, (await EditAsync(id, shown, "the location was left out")).Status);
        await _system.OrderIsAsync("DE-5", "Issued");
        Assert.Equal("80085102028", Assert.Single(await _system.Issuer.AttemptsAsync("I-DE-5")).CollectorNumber);
    }

    [Fact]
    public async Task Whom_two_people_send_again_at_once_is_sent_once()
    {
        await shared.MendedAsync("DT", 12);
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(number => _letters.AskAsync("POST", "dead-letters/replays", new { q = "DT-", reason = $"person {number}" }))
        );
        Assert.All(answers, answer => Assert.True(answer.Status is HttpStatusCode.Accepted or HttpStatusCode.Conflict, $"{answer.Status}"));
        var jobs = answers.Where(answer => answer.Status == HttpStatusCode.Accepted).Select(answer => answer.Body).ToList();
        Assert.Equal(12, jobs.Sum(job => job.GetProperty("total").GetInt32()));
        foreach (var job in jobs)
            await _letters.JobIsAsync(job.GetProperty("id").GetGuid(), "Done");
        for (var number = 1; number <= 12; number++)
            await _system.OrderIsAsync($"DT-{number}", "Issued");
        Assert.Equal(["1"], await _system.Database.ColumnAsync("SELECT DISTINCT replays FROM dead_letter WHERE order_id LIKE 'DT-%'"));
    }

    [Fact]
    public async Task The_same_request_twice_is_the_same_job()
    {
        await shared.MendedAsync("DS", 3);
        var request = new
        {
            id = Guid.NewGuid(),
            q = "DS-",
            reason = "mended",
        };
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => _letters.AskAsync("POST", "dead-letters/replays", request)));
        Assert.All(
            answers,
            answer =>
                Assert.Equal(
                    (HttpStatusCode.Accepted, request.id, 3),
                    (answer.Status, answer.Body.GetProperty("id").GetGuid(), answer.Body.GetProperty("total").GetInt32())
                )
        );
        await _letters.JobIsAsync(request.id, "Done");
        Assert.Equal("Done", (await _letters.AskAsync("POST", "dead-letters/replays", request)).Body.GetProperty("state").GetString());
        Assert.Equal(["replay: mended"], await shared.ActsAsync($"job {request.id}"));
        Assert.Equal(["1"], await _system.Database.ColumnAsync("SELECT DISTINCT replays FROM dead_letter WHERE order_id LIKE 'DS-%'"));
    }

    [Fact]
    public async Task What_comes_back_after_its_job_is_done_is_open_again()
    {
        var id = Assert.Single(await shared.MendedAsync("DB", 1)).GetProperty("id").GetGuid();
        var given = _system.DeadLetters.All.Single(heard => heard.Text.Contains("\"DB-1\"", StringComparison.Ordinal));
        var (_, job) = await _letters.AskAsync("POST", "dead-letters/replays", new { ids = (Guid[])[id], reason = "mended" });
        await _letters.JobIsAsync(job.GetProperty("id").GetGuid(), "Done");
        await shared.LetterIsAsync(id, "Replayed");

        await GiveUpAsync(given, TimeProvider.System.GetUtcNow());
        var back = await shared.LetterIsAsync(id, "Open");
        Assert.Equal(
            ("It came back", 2, 2),
            (
                back.GetProperty("stateReason").GetString(),
                back.GetProperty("failures").GetArrayLength(),
                (await _letters.OpenAsync(1, "&order=DB-1"))[0].GetProperty("failures").GetInt32()
            )
        );
        Assert.Equal(
            "Failed",
            Assert
                .Single((await _letters.GetAsync($"jobs/{job.GetProperty("id").GetGuid()}/items")).EnumerateArray())
                .GetProperty("state")
                .GetString()
        );
    }

    [Fact]
    public async Task What_the_queue_brings_twice_has_failed_once()
    {
        var id = (await shared.InvalidAsync("DU-1")).GetProperty("id").GetGuid();
        var given = _system.DeadLetters.All.Single(heard => heard.Text.Contains("\"DU-1\"", StringComparison.Ordinal));
        await GiveUpAsync(given, null);
        await GiveUpAsync(given, null);
        // What comes behind it is there when it has been looked at.
        await shared.InvalidAsync("DU-2");
        Assert.Equal(1, (await _letters.OpenAsync(1, "&order=DU-1"))[0].GetProperty("failures").GetInt32());
        Assert.Single((await _letters.GetAsync($"dead-letters/{id}")).GetProperty("failures").EnumerateArray());
    }

    [Fact]
    public async Task What_the_broker_gave_up_is_kept_as_that_and_can_be_sent_again()
    {
        var death = new Dictionary<string, object?>
        {
            ["count"] = 1L,
            ["reason"] = "delivery_limit",
            ["queue"] = "loyalty.issuance",
            ["exchange"] = "commerce.order-completed",
            ["time"] = new RabbitMQ.Client.AmqpTimestamp(1_790_000_000),
            ["routing-keys"] = new List<object> { "80085102028" },
        };
        await _system.Commerce.PublishAsync(
            "loyalty.dead-letters",
            System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(Commerce.Order("DL-1")),
            "event-of-DL-1",
            headers: new Dictionary<string, object?> { ["x-death"] = new List<object> { death } }
        );
        var letter = await _letters.GetAsync(
            $"dead-letters/{Assert.Single(await _letters.OpenAsync(1, "&order=DL-1")).GetProperty("id").GetGuid()}"
        );
        Assert.Equal(
            ("delivery-limit", "us", "loyalty.issuance", "commerce.order-completed"),
            (
                letter.GetProperty("kind").GetString(),
                letter.GetProperty("owner").GetString(),
                letter.GetProperty("endpoint").GetString(),
                letter.GetProperty("exchange").GetString()
            )
        );
        Assert.StartsWith("It was delivered too often", letter.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal("Issues", letter.GetProperty("effect").GetString());
        Assert.DoesNotMatch(Ops.RunningSite.WholeCollectorNumber(), letter.ToString());

        var (_, job) = await _letters.AskAsync(
            "POST",
            "dead-letters/replays",
            new { ids = (Guid[])[letter.GetProperty("id").GetGuid()], reason = "the worker is mended" }
        );
        await _letters.JobIsAsync(job.GetProperty("id").GetGuid(), "Done");
        await _system.OrderIsAsync("DL-1", "Issued");
    }

    [Fact]
    public async Task An_orders_later_messages_wait_behind_its_first_and_are_left_out_when_that_fails()
    {
        await _letters.BreakAsync("DO-");
        await _system.Commerce.CompleteAsync(Commerce.Order("DO-1"));
        await _letters.OpenAsync(1, "&order=DO-1");
        await _system.Commerce.RefundAsync(Commerce.Refund("DO-R", "DO-1"));
        await _letters.OpenAsync(2, "&order=DO-1");

        var (_, job) = await _letters.AskAsync(
            "POST",
            "dead-letters/replays",
            new
            {
                orderId = "DO-1",
                reason = "mended, I believe",
                stopOnSame = false,
                stopShare = 100,
            }
        );
        await _letters.JobIsAsync(job.GetProperty("id").GetGuid(), "Done");
        var items = (await _letters.GetAsync($"jobs/{job.GetProperty("id").GetGuid()}/items")).EnumerateArray().ToList();
        Assert.Equal(["Failed", "Skipped"], items.Select(item => item.GetProperty("state").GetString()));
        Assert.Equal("An earlier message of its order has failed again", items[1].GetProperty("outcome").GetString());
        await _letters.OpenAsync(2, "&order=DO-1");

        await _letters.MendAsync();
        (_, job) = await _letters.AskAsync("POST", "dead-letters/replays", new { orderId = "DO-1", reason = "now it is" });
        await _letters.JobIsAsync(job.GetProperty("id").GetGuid(), "Done");
        await _system.RefundIsAsync("DO-R", "Reversed");
        items = [.. (await _letters.GetAsync($"jobs/{job.GetProperty("id").GetGuid()}/items")).EnumerateArray()];
        Assert.Equal(["Done", "Done"], items.Select(item => item.GetProperty("state").GetString()));
        Assert.True(items[0].GetProperty("settledAt").GetDateTimeOffset() <= items[1].GetProperty("sentAt").GetDateTimeOffset());
    }

    [Theory]
    [InlineData("GET", "dead-letters?q=%00", null)]
    [InlineData("GET", "dead-letters?order=%00", null)]
    [InlineData("GET", "dead-letters?cursor=9-9-9", null)]
    [InlineData("GET", "dead-letters/groups?endpoint=%00", null)]
    [InlineData("GET", "audit?subject=%00", null)]
    [InlineData("POST", "dead-letters/discard", """{"orderId":"none","reason":"a\u0000b"}""")]
    [InlineData("POST", "dead-letters/replays", """{"q":"a\u0000b","preview":true}""")]
    [InlineData("PUT", "dead-letters/groups/00000000-0000-0000-0000-000000000001/note", """{"note":"a\u0000b"}""")]
    public async Task What_no_database_can_hold_is_refused_with_a_sentence(string method, string path, string? body)
    {
        var (status, problem) = await _letters.AskAsync(method, path, body is null ? null : JsonNode.Parse(body));
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.NotEmpty(problem.GetProperty("detail").GetString()!);
    }

    Task<(HttpStatusCode Status, System.Text.Json.JsonElement Body)> EditAsync(
        Guid id,
        JsonObject body,
        string reason,
        Guid? operation = null
    ) =>
        _letters.AskAsync(
            "POST",
            $"dead-letters/{id}/edit-and-replay",
            new
            {
                id = operation,
                body = body.ToJsonString(),
                reason,
            }
        );

    /// <summary>Puts a message into the dead letters as it was heard there, or as if it had been given up once more.</summary>
    Task GiveUpAsync(Heard heard, DateTimeOffset? at)
    {
        var headers = heard.Headers.ToDictionary(header => header.Key, header => (object?)header.Value);
        if (at is { } instant)
            headers["loyalty-at"] = instant.ToString("O");
        return _system.Commerce.PublishAsync("loyalty.dead-letters", Encoding.UTF8.GetBytes(heard.Text), heard.MessageId, headers: headers);
    }
}
