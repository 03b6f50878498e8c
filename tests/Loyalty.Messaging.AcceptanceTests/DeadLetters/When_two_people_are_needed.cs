using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Loyalty.Messaging.AcceptanceTests.Ops;
using Loyalty.Messaging.TestKit;
using Npgsql;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.DeadLetters;

/// <summary>Above two messages or twenty miles at once nobody acts alone, and nobody acts unseen.</summary>
public sealed class When_two_people_are_needed(When_two_people_are_needed.GuardedLetters guarded)
    : IClassFixture<When_two_people_are_needed.GuardedLetters>
{
    const string Second = "the-key-of-the-second";
    static readonly string Viewer = RunningSite.KeyOf("viewer");
    static readonly string Operator = RunningSite.KeyOf("operator");
    static readonly string Approver = RunningSite.KeyOf("approver");

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
        var id = await WaitingAsync("dead-letters/replays", new { q = "TR-", reason = "mended" }, Approver, "3 are more than 2 at once");
        // It has them already, so that nobody else sends them meanwhile; sent they are not.
        Assert.Equal(
            ["Replaying 0"],
            await _system.Database.ColumnAsync("SELECT DISTINCT state || ' ' || replays FROM dead_letter WHERE order_id LIKE 'TR-%'")
        );

        Assert.Equal(HttpStatusCode.Forbidden, (await ApproveAsync(id, Operator)).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await _letters.AskAsync("POST", $"jobs/{id}/approve", new { }, Second)).Status);
        var (status, problem) = await ApproveAsync(id, Approver);
        Assert.Equal(
            (HttpStatusCode.Conflict, "Whoever asks for it cannot approve it: a second person has to"),
            (status, problem.GetProperty("detail").GetString())
        );
        Assert.Equal("AwaitingApproval", (await _letters.GetAsync($"jobs/{id}", Viewer)).GetProperty("state").GetString());

        Assert.Equal(HttpStatusCode.OK, (await ApproveAsync(id, Second)).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await ApproveAsync(id, Second)).Status);
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
        await InvalidAsync("TC");
        var id = await WaitingAsync(
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
        Assert.Equal(HttpStatusCode.Conflict, (await ApproveAsync(id, Approver)).Status);
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
        await InvalidAsync(prefix);
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
        await InvalidAsync("TD");
        var id = await WaitingAsync(
            "dead-letters/discard",
            new { q = "TD-", reason = "a test of theirs" },
            Operator,
            "3 are more than 2 at once"
        );
        await _letters.OpenAsync(3, "&q=TD-", Operator);
        Assert.Equal(HttpStatusCode.Forbidden, (await ApproveAsync(id, Operator)).Status);
        Assert.Equal(HttpStatusCode.OK, (await ApproveAsync(id, Approver)).Status);
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
            await RejectedAsync($"TB-{number}", $"8{number:D9}1");
        var id = await WaitingAsync(
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
        Assert.Equal(HttpStatusCode.OK, (await ApproveAsync(id, Approver)).Status);
        await _letters.JobIsAsync(id, "Done", Viewer);
        for (var number = 1; number <= 3; number++)
            await _system.OrderIsAsync($"TB-{number}", "Cancelled");
        Assert.Contains("one operator", (await _letters.GetAsync("orders/TB-2", Viewer)).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_correction_to_many_miles_waits_and_what_it_held_is_gone_when_it_is_done()
    {
        await RejectedAsync("TM-1", "80000000077");
        var correction = new
        {
            reason = "a typo of theirs",
            collectorNumber = "84095202006",
            offers = (object[])[new { issuanceOfferCode = "STANDARD", milesAmount = 30 }],
            operationId = Guid.NewGuid(),
        };
        var (status, answer) = await _letters.AskAsync("POST", "orders/TM-1/correct", correction, Operator);
        Assert.Equal(
            (HttpStatusCode.Accepted, "AwaitingApproval", correction.operationId),
            (status, answer.GetProperty("state").GetString(), answer.GetProperty("operationId").GetGuid())
        );
        var job = await _letters.GetAsync($"jobs/{correction.operationId}", Viewer);
        Assert.Equal("30 miles are more than 20", job.GetProperty("needsApproval").GetString());
        Assert.Equal("Correct order TM-1: collector number *******2006; offers STANDARD 30", job.GetProperty("description").GetString());
        Assert.DoesNotMatch(RunningSite.WholeCollectorNumber(), job.ToString());
        Assert.Equal("Rejected", await _system.OrderStateAsync("TM-1"));
        Assert.Equal(HttpStatusCode.Forbidden, (await ApproveAsync(correction.operationId, Operator)).Status);

        Assert.Equal(HttpStatusCode.OK, (await ApproveAsync(correction.operationId, Approver)).Status);
        await _letters.JobIsAsync(correction.operationId, "Done", Viewer);
        await _system.OrderIsAsync("TM-1", "Issued");
        Assert.Equal(30, Assert.Single(await _system.Issuer.LedgerAsync(), effect => effect.ClientTransactionId == "I-TM-1").Miles);
        Assert.Equal("84095202006", (await _system.Issuer.AttemptsAsync("I-TM-1"))[^1].CollectorNumber);
        Assert.Equal(
            0,
            await _system.Database.ScalarAsync<long>(
                $"SELECT count(*) FROM job WHERE id = '{correction.operationId}' AND parameters IS NOT NULL"
            )
        );
        Assert.DoesNotMatch(RunningSite.WholeCollectorNumber(), (await _letters.GetAsync("audit?limit=500", Viewer)).ToString());
    }

    /// <summary>25 miles, which a correction of the collector alone would send to somebody else.</summary>
    [Fact]
    public async Task Many_miles_go_to_another_collector_only_by_two()
    {
        await RejectedAsync("TK-1", "80000000093", 500);
        var (status, answer) = await _letters.AskAsync(
            "POST",
            "orders/TK-1/correct",
            new { reason = "another card", collectorNumber = "84095202006" },
            Operator
        );
        Assert.Equal((HttpStatusCode.Accepted, "AwaitingApproval"), (status, answer.GetProperty("state").GetString()));
        Assert.Equal("Rejected", await _system.OrderStateAsync("TK-1"));

        Assert.Equal(HttpStatusCode.OK, (await ApproveAsync(answer.GetProperty("operationId").GetGuid(), Approver)).Status);
        await _system.OrderIsAsync("TK-1", "Issued");
        Assert.Equal(25, Assert.Single(await _system.Issuer.LedgerAsync(), effect => effect.ClientTransactionId == "I-TK-1").Miles);
        Assert.Equal("84095202006", (await _system.Issuer.AttemptsAsync("I-TK-1"))[^1].CollectorNumber);
    }

    [Fact]
    public async Task A_correction_that_nobody_approves_leaves_nothing_behind()
    {
        await RejectedAsync("TN-1", "80000000085");
        var (_, answer) = await _letters.AskAsync(
            "POST",
            "orders/TN-1/correct",
            new { reason = "more for them", offers = (object[])[new { issuanceOfferCode = "STANDARD", milesAmount = 21 }] },
            Operator
        );
        var id = answer.GetProperty("operationId").GetGuid();
        Assert.Equal(HttpStatusCode.OK, (await _letters.AskAsync("POST", $"jobs/{id}/cancel", new { reason = "no" }, Approver)).Status);
        Assert.Equal(0, await _system.Database.ScalarAsync<long>($"SELECT count(*) FROM job WHERE id = '{id}' AND parameters IS NOT NULL"));
        // Twenty need nobody else.
        (_, answer) = await _letters.AskAsync(
            "POST",
            "orders/TN-1/correct",
            new { reason = "as it should be", offers = (object[])[new { issuanceOfferCode = "STANDARD", milesAmount = 20 }] },
            Operator
        );
        Assert.Equal("Issuing", answer.GetProperty("state").GetString());
        await _system.OrderIsAsync("TN-1", "Issued");
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
        var id = await WaitingAsync("dead-letters/replays", new { q = "TU-1", reason = "mended" }, Operator, objection);
        Assert.Equal(HttpStatusCode.OK, (await ApproveAsync(id, Approver)).Status);
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
            await WaitingAsync("dead-letters/replays", new { ids = (Guid[])[letter], reason = "send it" }, Operator, objection)
        );
        order["deviceId"] = "POS-8";
        edited = await EditAsync(letter);
        Assert.Equal(
            ("AwaitingApproval", objection),
            (edited.GetProperty("state").GetString(), edited.GetProperty("needsApproval").GetString())
        );
        Assert.Null(await _system.OrderStateAsync("TE-1"));
        Assert.Equal(HttpStatusCode.OK, (await ApproveAsync(edited.GetProperty("jobId").GetGuid(), Approver)).Status);
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

    [Theory]
    [InlineData("UPDATE audit SET reason = 'another' WHERE sequence = 1")]
    [InlineData("DELETE FROM audit WHERE sequence = 1")]
    [InlineData("TRUNCATE audit")]
    public async Task The_database_refuses_to_forget_what_was_done(string sql)
    {
        await ActAsync();
        var refused = await Assert.ThrowsAsync<PostgresException>(() => _system.Database.RunAsync(sql));
        Assert.Equal("the audit is only ever added to", refused.MessageText);
        Assert.True((await _letters.GetAsync("audit/verification", Viewer)).GetProperty("intact").GetBoolean());
    }

    [Theory]
    [InlineData("UPDATE audit SET actor = 'somebody else' WHERE sequence = 2", "Record 2 was changed")]
    [InlineData("DELETE FROM audit WHERE sequence = 2", "Record 2 is missing")]
    [InlineData("UPDATE audit SET hash = sha256('x') WHERE sequence = 2", "Record 2 was changed")]
    public async Task What_is_changed_behind_its_back_is_noticed(string sql, string mistake)
    {
        for (var act = 0; act < 3; act++)
            await ActAsync();
        await _system.Database.RunAsync("CREATE TABLE kept AS SELECT * FROM audit WHERE sequence = 2");
        await UnguardedAsync(sql);
        var found = await _letters.GetAsync("audit/verification", Viewer);
        await UnguardedAsync("DELETE FROM audit WHERE sequence = 2; INSERT INTO audit SELECT * FROM kept; DROP TABLE kept");
        Assert.Equal((false, mistake), (found.GetProperty("intact").GetBoolean(), found.GetProperty("mistake").GetString()));
        Assert.True((await _letters.GetAsync("audit/verification", Viewer)).GetProperty("intact").GetBoolean());
    }

    Task UnguardedAsync(string sql) =>
        _system.Database.RunAsync(
            $"ALTER TABLE audit DISABLE TRIGGER audit_append_only; {sql}; ALTER TABLE audit ENABLE TRIGGER audit_append_only"
        );

    async Task ActAsync() =>
        Assert.Equal(
            HttpStatusCode.NoContent,
            (await _letters.AskAsync("PUT", $"dead-letters/groups/{Guid.NewGuid()}/note", new { note = "seen" }, Operator)).Status
        );

    async Task<Guid> WaitingAsync(string path, object body, string key, string objection)
    {
        var (status, job) = await _letters.AskAsync("POST", path, body, key);
        Assert.Equal(
            (HttpStatusCode.Accepted, "AwaitingApproval", objection),
            (status, job.GetProperty("state").GetString(), job.GetProperty("needsApproval").GetString())
        );
        return job.GetProperty("id").GetGuid();
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

    Task<(HttpStatusCode Status, JsonElement Body)> ApproveAsync(Guid id, string key) =>
        _letters.AskAsync("POST", $"jobs/{id}/approve", new { reason = "I have looked at it" }, key);

    async Task<List<string>> ActsAsync(string subject) =>
        [
            .. (await _letters.GetAsync($"audit?subject={Uri.EscapeDataString(subject)}", Viewer))
                .GetProperty("records")
                .EnumerateArray()
                .Select(record => $"{record.GetProperty("actor").GetString()}: {record.GetProperty("act").GetString()}"),
        ];

    async Task InvalidAsync(string prefix)
    {
        for (var number = 1; number <= 3; number++)
            await _system.Commerce.PublishAsync(
                "commerce.order-completed",
                $$"""{"orderId":"{{prefix}}-{{number}}"}""",
                $"{prefix}-{number}"
            );
        await _letters.OpenAsync(3, $"&q={prefix}-", Operator);
    }

    async Task RejectedAsync(string orderId, string collector, decimal amount = 163.98m)
    {
        await _system.Issuer.ScriptAsync(
            new { match = new { clientTransactionId = $"I-{orderId}" }, answer = new { status = 400, effect = "none" } }
        );
        await _system.Commerce.CompleteAsync(Commerce.Order(orderId, collector, amount));
        await _system.OrderIsAsync(orderId, "Rejected");
    }

    public sealed class GuardedLetters : IAsyncLifetime
    {
        public LetterSystem Letters { get; private set; } = null!;

        internal FakeProvider Provider { get; } = new();

        public async ValueTask InitializeAsync() =>
            Letters = await LetterSystem.StartAsync(
                guarded: true,
                settings: new Dictionary<string, string>
                {
                    ["Ops__Approval__Messages"] = "2",
                    ["Ops__Approval__Miles"] = "20",
                    ["Ops__Approval__Period"] = "00:00:00.001",
                    ["Ops__Oidc__Authority"] = Provider.Authority,
                    ["Ops__Oidc__ClientId"] = FakeProvider.ClientId,
                    ["Ops__Oidc__ClientSecret"] = FakeProvider.ClientSecret,
                    ["Ops__Oidc__RoleClaim"] = "groups",
                }
            );

        public async ValueTask DisposeAsync()
        {
            try
            {
                await Agreement.HoldsAsync(Letters.System);
            }
            finally
            {
                await Letters.DisposeAsync();
                await Provider.DisposeAsync();
            }
        }
    }
}
