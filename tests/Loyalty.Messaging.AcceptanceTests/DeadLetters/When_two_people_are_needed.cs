using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Loyalty.Messaging.AcceptanceTests.Ops;
using Loyalty.Messaging.TestKit;
using Npgsql;
using Xunit;
using static Loyalty.Messaging.AcceptanceTests.Ops.Keys;

namespace Loyalty.Messaging.AcceptanceTests.DeadLetters;

/// <summary>Above two messages or twenty miles at once nobody acts alone.</summary>
public sealed class When_two_people_are_needed(GuardedLetters guarded) : IClassFixture<GuardedLetters>
{
    readonly LetterSystem _letters = guarded.Letters;
    readonly LoyaltySystem _system = guarded.Letters.System;

    [Fact]
    public async Task A_large_replay_waits_for_an_approver_who_did_not_ask_for_it()
    {
        await _letters.BreakAsync("TR-");
        for (var number = 1; number <= 3; number++)
            await _system.Commerce.CompleteAsync(Commerce.Order($"TR-{number}", $"8{number:D9}0"));
        await _letters.OpenAsync(3, "&q=TR-", Operator);
        await _letters.MendAsync();

        Assert.Equal(
            HttpStatusCode.Forbidden,
            (await _letters.AskAsync("POST", "dead-letters/replays", new { q = "TR-", reason = "mended" }, Viewer)).Status
        );
        var (_, preview) = await _letters.AskAsync("POST", "dead-letters/replays", new { q = "TR-", preview = true }, Approver);
        Assert.Equal("3 are more than 2 at once", preview.GetProperty("needsApproval").GetString());
        var id = await guarded.WaitingAsync(
            "dead-letters/replays",
            new { q = "TR-", reason = "mended" },
            Approver,
            "3 are more than 2 at once"
        );
        // It has them already, so that nobody else sends them meanwhile; sent they are not.
        Assert.Equal(
            ["Replaying 0"],
            await _system.Database.ColumnAsync("SELECT DISTINCT state || ' ' || replays FROM dead_letter WHERE order_id LIKE 'TR-%'")
        );

        Assert.Equal(HttpStatusCode.Forbidden, (await _letters.ApproveAsync(id, Operator)).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await _letters.AskAsync("POST", $"jobs/{id}/approve", new { }, Second)).Status);
        var (status, problem) = await _letters.ApproveAsync(id, Approver);
        Assert.Equal(
            (HttpStatusCode.Conflict, "Whoever asks for it cannot approve it: a second person has to"),
            (status, problem.GetProperty("detail").GetString())
        );
        Assert.Equal("AwaitingApproval", (await _letters.GetAsync($"jobs/{id}", Viewer)).GetProperty("state").GetString());

        Assert.Equal(HttpStatusCode.OK, (await _letters.ApproveAsync(id, Second)).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await _letters.ApproveAsync(id, Second)).Status);
        var done = await _letters.JobIsAsync(id, "Done", Viewer);
        Assert.Equal(
            ("one approver", "second approver", 3),
            (done.GetProperty("createdBy").GetString(), done.GetProperty("approvedBy").GetString(), done.GetProperty("done").GetInt32())
        );
        for (var number = 1; number <= 3; number++)
            await _system.OrderIsAsync($"TR-{number}", "Issued");
        Assert.Equal(["second approver: ApproveJob", "one approver: replay"], await ActsAsync($"job {id}"));
    }

    [Fact]
    public async Task A_replay_that_nobody_approves_is_cancelled_and_its_letters_are_open_again()
    {
        await guarded.InvalidAsync("TC");
        var id = await guarded.WaitingAsync(
            "dead-letters/replays",
            new { q = "TC-", reason = "all of them" },
            Operator,
            "3 are more than 2 at once"
        );
        await _letters.OpenAsync(0, "&q=TC-", Operator);
        Assert.Equal(
            "Cancelled",
            (await _letters.AskAsync("DELETE", $"dead-letters/replays/{id}?reason=no", null, Operator))
                .Body.GetProperty("state")
                .GetString()
        );
        await _letters.OpenAsync(3, "&q=TC-", Operator);
        Assert.Equal(HttpStatusCode.Conflict, (await _letters.ApproveAsync(id, Approver)).Status);
    }

    /// <summary>
    /// Whoever can call themselves something else at the provider is still who they were; and who is called the same may be the same.
    /// </summary>
    [Theory]
    [InlineData("ana@example.com", "42", false)]
    [InlineData("Ana@Example.com", "43", false)]
    [InlineData("bea@example.com", "42", false)]
    [InlineData("second approver", "44", true)]
    public async Task Neither_another_name_nor_another_sign_in_makes_a_second_person(string name, string subject, bool allowed)
    {
        var prefix = $"TP{subject}{name[0]}";
        await guarded.InvalidAsync(prefix);
        using var first = await ComeAsync("ana@example.com", "42");
        var (_, job) = await PostAsync(first, "dead-letters/discard", new { q = $"{prefix}-", reason = "a test of theirs" });
        var id = job.GetProperty("id").GetGuid();
        Assert.Equal("AwaitingApproval", job.GetProperty("state").GetString());

        using var second = await ComeAsync(name, subject);
        Assert.Equal(allowed, Ops.Browser.Form(await second.ReadAsync($"/jobs/{id}"), $"/jobs/{id}/approve") is not null);
        var (status, answer) = await PostAsync(second, $"jobs/{id}/approve", new { reason = "seen" });
        Assert.Equal(allowed ? HttpStatusCode.OK : HttpStatusCode.Conflict, status);
        if (allowed)
            await _letters.JobIsAsync(id, "Done", Viewer);
        else
            Assert.Equal("Whoever asks for it cannot approve it: a second person has to", answer.GetProperty("detail").GetString());
    }

    /// <summary>Behind the back of the programs, with every right to the table.</summary>
    [Theory]
    [InlineData("state = 'Running'", "job_begun_when_approved")]
    [InlineData("state = 'Done'", "job_begun_when_approved")]
    [InlineData("state = 'Paused', approved_at = now()", "job_begun_when_approved")]
    [InlineData("state = 'Running', approved_by = 'One Operator', approved_identity = 'another key'", "job_approved_by_another")]
    [InlineData("state = 'Running', approved_by = 'one approver', approved_identity = created_identity", "job_approved_by_another")]
    [InlineData("state = 'Running', needs_approval = NULL", null)]
    [InlineData("created_by = 'somebody else', created_identity = 'another key'", null)]
    public async Task The_database_lets_nothing_begin_that_a_second_person_has_not_allowed(string change, string? constraint)
    {
        var id = Guid.NewGuid();
        await _system.Database.RunAsync(
            $"""
            INSERT INTO job (id, kind, state, state_since, description, reason, created_by, created_identity, created_at, needs_approval,
                rate, ramp, stop_on_same, stop_share, total)
            VALUES ('{id}', 'discard', 'AwaitingApproval', now(), 'three', 'why', 'one operator', 'a key', now(),
                '3 are more than 2 at once', 1, '[]', false, 100, 0)
            """
        );
        var refused = await Assert.ThrowsAsync<PostgresException>(() =>
            _system.Database.RunAsync($"UPDATE job SET {change} WHERE id = '{id}'")
        );
        if (constraint is not null)
            Assert.Equal(constraint, refused.ConstraintName);
        else
            Assert.Equal("who asked for a job, and that it needs a second person, stay as they were written", refused.MessageText);
        await _system.Database.RunAsync($"UPDATE job SET state = 'Cancelled', ended_at = now() WHERE id = '{id}'");
    }

    [Fact]
    public async Task Many_are_discarded_by_two()
    {
        await guarded.InvalidAsync("TD");
        var id = await guarded.WaitingAsync(
            "dead-letters/discard",
            new { q = "TD-", reason = "a test of theirs" },
            Operator,
            "3 are more than 2 at once"
        );
        await _letters.OpenAsync(3, "&q=TD-", Operator);
        Assert.Equal(HttpStatusCode.Forbidden, (await _letters.ApproveAsync(id, Operator)).Status);
        Assert.Equal(HttpStatusCode.OK, (await _letters.ApproveAsync(id, Approver)).Status);
        await _letters.JobIsAsync(id, "Done", Viewer);
        Assert.Equal(
            ["Discarded one operator: a test of theirs"],
            await _system.Database.ColumnAsync(
                "SELECT DISTINCT state || ' ' || state_by || ': ' || state_reason FROM dead_letter WHERE order_id LIKE 'TD-%'"
            )
        );
    }

    [Fact]
    public async Task Many_orders_are_cancelled_by_two()
    {
        for (var number = 1; number <= 3; number++)
            await _system.RejectAsync($"TB-{number}", $"8{number:D9}1");
        var id = await guarded.WaitingAsync(
            "jobs",
            new
            {
                kind = "cancel",
                states = (string[])["Rejected"],
                reason = "the shop is closed",
            },
            Operator,
            "3 are more than 2 at once"
        );
        Assert.Equal("Rejected", await _system.OrderStateAsync("TB-1"));
        Assert.Equal(HttpStatusCode.OK, (await _letters.ApproveAsync(id, Approver)).Status);
        await _letters.JobIsAsync(id, "Done", Viewer);
        for (var number = 1; number <= 3; number++)
            await _system.OrderIsAsync($"TB-{number}", "Cancelled");
        Assert.Contains("one operator", (await _letters.GetAsync("orders/TB-2", Viewer)).ToString(), StringComparison.Ordinal);
    }

    /// <summary>What one person may not do alone, nobody may do by not saying how much it is.</summary>
    [Fact]
    public async Task Miles_that_cannot_be_told_are_more_than_one_person_may_move()
    {
        await _letters.BreakAsync("TU-");
        await _system.Commerce.RefundAsync(Commerce.FullRefund("TU-1F", "TU-1"));
        await _letters.OpenAsync(1, "&q=TU-1", Operator);
        await _letters.MendAsync();
        const string objection = "of 1 it cannot be told how many miles are moved, and it may be more than 20";
        var (_, preview) = await _letters.AskAsync("POST", "dead-letters/replays", new { q = "TU-1", preview = true }, Operator);
        Assert.Equal((1, objection), (preview.GetProperty("milesUnknown").GetInt32(), preview.GetProperty("needsApproval").GetString()));
        var id = await guarded.WaitingAsync("dead-letters/replays", new { q = "TU-1", reason = "mended" }, Operator, objection);
        Assert.Equal(HttpStatusCode.OK, (await _letters.ApproveAsync(id, Approver)).Status);
        await _letters.JobIsAsync(id, "Done", Viewer);
        await _system.Commerce.CompleteAsync(Commerce.Order("TU-1", "80000000143"));
        await _system.RefundIsAsync("TU-1F", "Reversed");
    }

    /// <summary>Nobody can look whether it is that order: it would be issued on the word of one person.</summary>
    [Fact]
    public async Task A_letter_that_names_no_order_is_given_one_by_two()
    {
        var order = Commerce.Order("TE-1", "80000000150");
        order.Remove("orderId");
        order["context"] = new Dictionary<string, string> { ["note"] = "the till of te-1" };
        await _system.Commerce.CompleteAsync(order, "event-of-nobody");
        var letter = Assert.Single(await _letters.OpenAsync(1, "&q=till of te-1", Operator)).GetProperty("id").GetGuid();
        order["orderId"] = "TE-1";
        const string objection = "that one of them is about order TE-1 says only who edited it: the original names none that can be read";
        var edited = await EditAsync(letter);
        Assert.Equal(
            ("AwaitingApproval", objection),
            (edited.GetProperty("state").GetString(), edited.GetProperty("needsApproval").GetString())
        );

        // Neither sent as it is now, nor edited once more.
        await CancelAsync(edited.GetProperty("jobId").GetGuid());
        letter = edited.GetProperty("deadLetterId").GetGuid();
        await CancelAsync(
            await guarded.WaitingAsync("dead-letters/replays", new { ids = (Guid[])[letter], reason = "send it" }, Operator, objection)
        );
        order["deviceId"] = "POS-8";
        edited = await EditAsync(letter);
        Assert.Equal(
            ("AwaitingApproval", objection),
            (edited.GetProperty("state").GetString(), edited.GetProperty("needsApproval").GetString())
        );
        Assert.Null(await _system.OrderStateAsync("TE-1"));
        Assert.Equal(HttpStatusCode.OK, (await _letters.ApproveAsync(edited.GetProperty("jobId").GetGuid(), Approver)).Status);
        await _system.OrderIsAsync("TE-1", "Issued");

        async Task<JsonElement> EditAsync(Guid id) =>
            (
                await _letters.AskAsync(
                    "POST",
                    $"dead-letters/{id}/edit-and-replay",
                    new { body = JsonSerializer.Serialize(order), reason = "the shop says so" },
                    Operator
                )
            ).Body;

        async Task CancelAsync(Guid job) =>
            Assert.Equal(
                HttpStatusCode.OK,
                (await _letters.AskAsync("POST", $"jobs/{job}/cancel", new { reason = "no" }, Operator)).Status
            );
    }

    /// <summary>Through the provider, as an approver.</summary>
    async Task<Ops.Browser> ComeAsync(string name, string subject)
    {
        (guarded.Provider.Name, guarded.Provider.Subject, guarded.Provider.Roles) = (name, subject, ["approver"]);
        var browser = new Ops.Browser(_letters.Ops);
        using var away = await browser.GetAsync("/sign-in/provider");
        using var back = await browser.GetAsync((await FakeProvider.ConsentAsync(away.Headers.Location!)).PathAndQuery);
        Assert.StartsWith("/sign-in/done", back.Headers.Location!.OriginalString, StringComparison.Ordinal);
        return browser;
    }

    static async Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(Ops.Browser browser, string path, object body)
    {
        using var answer = await browser.PostAsync(
            $"/api/v1/{path}",
            JsonContent.Create(body),
            ("X-Loyalty-Request", "1"),
            ("Sec-Fetch-Site", "same-origin")
        );
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }

    async Task<List<string>> ActsAsync(string subject) =>
        [
            .. (await _letters.GetAsync($"audit?subject={Uri.EscapeDataString(subject)}", Viewer))
                .GetProperty("records")
                .EnumerateArray()
                .Select(record => $"{record.GetProperty("actor").GetString()}: {record.GetProperty("act").GetString()}"),
        ];
}
