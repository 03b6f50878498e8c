using System.Net;
using System.Text.Json;
using Loyalty.Messaging.AcceptanceTests.DeadLetters;
using Loyalty.Messaging.AcceptanceTests.Secrecy;
using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.Decisions;

/// <summary>
/// Whoever may publish can write any name under a decision. What nobody has taken in ops in these words changes nothing, and is seen.
/// </summary>
public sealed class When_a_decision_is_forged : LetterTest
{
    const string Reason = "the issuer is back";
    const string Log = "is refused: ops has recorded no such decision";
    readonly OtlpSink _metrics = new();

    private protected override Task<LetterSystem> StartAsync() => LetterSystem.StartAsync(worker: _metrics.Settings);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _metrics.DisposeAsync();
    }

    [Fact]
    public async Task It_is_refused_and_the_proof_of_one_decision_serves_no_other()
    {
        foreach (var order in (string[])["FD-1", "FD-2"])
            await System.SuspendAsync(order, effect: "before");
        await System.RejectAsync("FD-3");

        // Nobody has decided anything yet.
        await SendAsync(
            "CancelIssuance",
            new
            {
                operationId = Guid.NewGuid(),
                orderId = "FD-1",
                actor = "one approver",
                reason = "no miles",
                noEffect = true,
            }
        );
        await SendAsync(
            "CorrectIssuance",
            new
            {
                operationId = Guid.NewGuid(),
                orderId = "FD-3",
                actor = "one approver",
                reason = "mine",
                collectorNumber = "84095202006",
            }
        );
        await Letters.OpenAsync(2);

        var operation = Guid.NewGuid();
        Assert.Equal(HttpStatusCode.Accepted, (await RetryAsync("FD-1", operation)).Status);
        await System.OrderIsAsync("FD-1", "Issued");
        var actor = await System.Database.ScalarAsync<string>("SELECT decisions -> 0 ->> 'actor' FROM issuance WHERE order_id = 'FD-1'");

        // With the operation of that decision: of another order, of another kind, in another's name, for another reason.
        await SendAsync("RetryIssuance", operation, "FD-2", actor, Reason);
        await SendAsync("CancelIssuance", operation, "FD-1", actor, Reason);
        await SendAsync("RetryIssuance", operation, "FD-1", "somebody else", Reason);
        await SendAsync("RetryIssuance", operation, "FD-1", actor, "mine");
        await SendAsync("MoveIssuanceTimer", operation, "FD-1", actor, Reason);
        // And the very decision, as a copy of it comes.
        await SendAsync("RetryIssuance", operation, "FD-1", actor, Reason);
        var letters = await Letters.OpenAsync(7);
        await System.QuietAsync();
        Assert.Equal(7, System.DeadLetters.All.Count);

        Assert.All(
            letters,
            letter =>
                Assert.Contains(
                    "ops has not recorded this decision in these words",
                    letter.GetProperty("reason").GetString(),
                    StringComparison.Ordinal
                )
        );
        Assert.Equal(
            "Issued Suspended Rejected",
            await System.Database.ScalarAsync<string>("SELECT string_agg(current_state, ' ' ORDER BY order_id) FROM issuance")
        );
        Assert.Equal(
            "1 0 0",
            await System.Database.ScalarAsync<string>(
                "SELECT string_agg(jsonb_array_length(decisions::jsonb)::text, ' ' ORDER BY order_id) FROM issuance"
            )
        );
        Assert.Equal(4, (await System.Issuer.AttemptsAsync("I-FD-1")).Count);
        var output = System.Applications[0].Output;
        Assert.Equal(7, output.Split(Log).Length - 1);
        Assert.DoesNotContain("84095202006", output, StringComparison.Ordinal);

        // Replayed, it is no more right than before.
        var (_, job) = await Letters.AskAsync("POST", "dead-letters/replays", new { all = true, reason = "to see" });
        await Eventually.SeeAsync(
            () => Task.FromResult(System.Applications[0].Output),
            log => log.Split(Log).Length - 1 > 7,
            "a replayed one to be refused again"
        );
        await Letters.JobIsAsync(job.GetProperty("id").GetGuid(), "Stopped");
        Assert.Equal(
            "Issued Suspended Rejected",
            await System.Database.ScalarAsync<string>("SELECT string_agg(current_state, ' ' ORDER BY order_id) FROM issuance")
        );

        Assert.Equal(HttpStatusCode.Accepted, (await RetryAsync("FD-2", Guid.NewGuid())).Status);
        await System.OrderIsAsync("FD-2", "Issued");
        await Eventually.SeeAsync(
            () => Task.FromResult(_metrics.Text),
            text => text.Contains("loyalty.decisions.refused", StringComparison.Ordinal),
            "the counter of what was refused"
        );
        await Agreement.HoldsAsync(System);
    }

    [Fact]
    public async Task One_that_a_person_has_taken_is_carried_out_by_a_job_and_after_a_replay()
    {
        foreach (var order in (string[])["FD-4", "FD-5", "FD-6"])
            await System.SuspendAsync(order, effect: "before");
        await System.Database.RunAsync(
            """
            CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'a defect of tonight'; END $$;
            CREATE TRIGGER broken BEFORE UPDATE ON issuance FOR EACH ROW WHEN (NEW.order_id = 'FD-4') EXECUTE FUNCTION broken();
            """
        );
        var asked = RetryAsync("FD-4", Guid.NewGuid());
        await Letters.OpenAsync(1);
        await System.Database.RunAsync("DROP TRIGGER broken ON issuance");
        var (status, job) = await Letters.AskAsync("POST", "dead-letters/replays", new { all = true, reason = "mended" });
        Assert.Equal(HttpStatusCode.Accepted, status);
        await System.OrderIsAsync("FD-4", "Issued");
        await Letters.JobIsAsync(job.GetProperty("id").GetGuid(), "Done");
        // It failed and was given up: that much was known at once.
        Assert.Equal(HttpStatusCode.BadGateway, (await asked).Status);

        await Letters.JobIsAsync(await Letters.RetrySuspendedAsync(Reason), "Done");
        await System.OrderIsAsync("FD-5", "Issued");
        await System.OrderIsAsync("FD-6", "Issued");
        Assert.Equal(
            3,
            await System.Database.ScalarAsync<long>("SELECT count(*) FROM decision JOIN audit ON sequence = audit AND act = 'retry'")
        );
        Assert.DoesNotContain(Log, System.Applications[0].Output, StringComparison.Ordinal);
        await Agreement.HoldsAsync(System);
    }

    Task<(HttpStatusCode Status, JsonElement Body)> RetryAsync(string orderId, Guid operationId) =>
        Letters.AskAsync("POST", $"orders/{orderId}/retry", new { reason = Reason, operationId });

    Task SendAsync(string decision, Guid operationId, string orderId, string? actor, string reason) =>
        SendAsync(
            decision,
            new
            {
                operationId,
                orderId,
                actor,
                reason,
            }
        );

    Task SendAsync(string decision, object message) => SendAsync(System, decision, message);

    /// <summary>As whoever may publish to the saga's queue could do it.</summary>
    internal static Task SendAsync(LoyaltySystem system, string decision, object message) =>
        system.Commerce.PublishAsync(
            "loyalty.issuance",
            JsonSerializer.Serialize(
                new
                {
                    messageId = Guid.NewGuid(),
                    messageType = new[] { $"urn:message:Loyalty.Messaging.Sagas.Decisions:{decision}" },
                    message,
                }
            ),
            Guid.NewGuid().ToString(),
            "application/vnd.masstransit+json"
        );
}
