using System.CommandLine;
using Loyalty.Messaging.Cli.Ops;

namespace Loyalty.Messaging.Cli.Commands;

/// <summary>What there is to look at beside orders and dead letters: <c>stats</c>, <c>timers</c>, <c>outbox</c>, <c>audit</c>.</summary>
internal static class WatchCommands
{
    public static Command Stats() =>
        OpsVerb.Of(
            "stats",
            "Counts by state and age, and what waits in the outbox",
            [],
            (_, site, token) => site.GetAsync("api/v1/stats", token),
            stats =>
            {
                OpsVerb.Table(
                    stats.GetProperty("states").EnumerateArray(),
                    ("Kind", state => state.Text("kind")),
                    ("State", state => state.Text("state")),
                    ("Count", state => $"{state.Text("count")}{(state.Text("estimated") == "true" ? " (about)" : "")}"),
                    ("Stuck", state => state.Text("stuck")),
                    ("Oldest (UTC)", state => state.Instant("oldestSince"))
                );
                var outbox = stats.GetProperty("outbox");
                Console.WriteLine(
                    $"Outbox: {outbox.Text("waiting")} "
                        + $"waiting{(outbox.Text("oldestAgeSeconds") is { } age ? $", the oldest for {age} s" : "")}, "
                        + $"{outbox.Text("scheduled")} scheduled, {outbox.Text("parked")} parked"
                );
            }
        );

    public static Command Timers()
    {
        var (cursor, limit) = (DeadLettersCommand.CursorOption(), DeadLettersCommand.LimitOption());
        return OpsVerb.Of(
            "timers",
            "What will happen automatically, soonest first",
            [cursor, limit],
            (line, site, token) =>
                site.GetAsync(OpsVerb.Path("api/v1/timers", ("cursor", line.GetValue(cursor)), ("limit", line.GetValue(limit))), token),
            page =>
            {
                OpsVerb.Table(
                    page.GetProperty("timers").EnumerateArray(),
                    ("Due (UTC)", timer => timer.Instant("dueAt")),
                    ("Order", timer => timer.Text("orderId")),
                    ("Refund", timer => timer.Text("refundId")),
                    ("State", timer => timer.Text("state")),
                    ("Tries", timer => timer.Text("tries")),
                    ("Reason", timer => timer.Text("reason"))
                );
                OpsVerb.More(page);
            }
        );
    }

    public static Command Outbox() => new("outbox", "Messages that never reached the broker") { ListParked(), ReleaseParked() };

    static Command ListParked()
    {
        var (cursor, limit) = (DeadLettersCommand.CursorOption(), DeadLettersCommand.LimitOption());
        return OpsVerb.Of(
            "parked",
            "List those whose attempts are used up, latest first",
            [cursor, limit],
            (line, site, token) =>
                site.GetAsync(
                    OpsVerb.Path("api/v1/outbox/parked", ("cursor", line.GetValue(cursor)), ("limit", line.GetValue(limit))),
                    token
                ),
            page =>
            {
                OpsVerb.Table(
                    page.GetProperty("messages").EnumerateArray(),
                    ("Id", message => message.Text("id")),
                    ("Parked (UTC)", message => message.Instant("parkedAt")),
                    ("Type", message => message.Text("messageType")),
                    ("Order", message => message.Text("refundId") ?? message.Text("orderId")),
                    ("Attempts", message => message.Text("attempts")),
                    ("Fault", message => message.Text("lastFault"))
                );
                OpsVerb.More(page);
            }
        );
    }

    static Command ReleaseParked()
    {
        var ids = new Option<Guid[]>("--id")
        {
            Description = "Only these",
            HelpName = "ids",
            AllowMultipleArgumentsPerToken = true,
        };
        var all = new Option<bool>("--all") { Description = "The oldest 1,000 of all" };
        var (reason, id) = (DeadLettersCommand.ReasonOption(required: true), DeadLettersCommand.OperationOption());
        return OpsVerb.Of(
            "release",
            "Try them again from the first attempt; many need a second person",
            [ids, all, reason, id],
            (line, site, token) =>
                site.PostAsync(
                    "api/v1/outbox/parked/release",
                    new Dictionary<string, object?>
                    {
                        ["ids"] = line.GetValue(ids) is { Length: > 0 } given ? given : null,
                        ["all"] = line.GetValue(all),
                        ["reason"] = line.GetValue(reason),
                        ["id"] = line.GetValue(id),
                    },
                    token
                ),
            answer => OpsVerb.Changed(answer, "messages are on the way again")
        );
    }

    public static Command Audit() => new("audit", "Who did what") { ListAudit(), VerifyAudit(), ExportAudit() };

    static Command ListAudit()
    {
        var (subject, before, limit) = (
            new Option<string?>("--subject") { Description = "What was done to this: \"order W-1001\"", HelpName = "what" },
            new Option<long?>("--before") { Description = "Older than this number", HelpName = "number" },
            DeadLettersCommand.LimitOption()
        );
        return OpsVerb.Of(
            "list",
            "List them, newest first",
            [subject, before, limit],
            (line, site, token) =>
                site.GetAsync(
                    OpsVerb.Path(
                        "api/v1/audit",
                        ("subject", line.GetValue(subject)),
                        ("before", line.GetValue(before)),
                        ("limit", line.GetValue(limit))
                    ),
                    token
                ),
            page =>
                OpsVerb.Table(
                    page.GetProperty("records").EnumerateArray(),
                    ("No.", record => record.Text("sequence")),
                    ("When (UTC)", record => record.Instant("at")),
                    ("Who", record => record.Text("actor")),
                    ("Did", record => record.Text("act")),
                    ("To", record => record.Text("subject")),
                    ("Why", record => record.Text("reason"))
                )
        );
    }

    static Command VerifyAudit() =>
        OpsVerb.Of(
            "verify",
            "Check the whole chain: every record is there, unchanged",
            [],
            (_, site, token) => site.GetAsync("api/v1/audit/verification", token),
            (answer, _, output, _) =>
                Task.FromResult(
                    answer.GetProperty("intact").GetBoolean()
                        ? output.Succeed(answer, () => Console.WriteLine("Every record is there as it was written"))
                        : output.Fail(answer.Text("mistake") ?? "The chain does not hold", answer)
                )
        );

    static Command ExportAudit() =>
        OpsVerb.Of(
            "export",
            "Export all of it as JSON, oldest first",
            [],
            (_, site, token) => site.GetAsync("api/v1/audit/export", token),
            (answer, _, _, _) =>
            {
                Console.WriteLine(answer.GetRawText());
                return Task.FromResult(Output.Done);
            }
        );
}
