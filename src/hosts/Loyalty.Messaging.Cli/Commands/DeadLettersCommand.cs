using System.CommandLine;
using System.Text.Json;
using Loyalty.Messaging.Cli.Ops;

namespace Loyalty.Messaging.Cli.Commands;

/// <summary><c>loyalty dead-letters …</c>: what was given up, and what is to become of it.</summary>
internal static class DeadLettersCommand
{
    public static Command Create() =>
        new("dead-letters", "Messages that were given up") { List(), Groups(), Show(), Replay(), Edit(), Discard(), Restore(), Note() };

    static Command List()
    {
        var (selection, state, cursor, limit) = (new SelectionOptions(), StateOption(), CursorOption(), LimitOption());
        return OpsVerb.Of(
            "list",
            "List them, latest first",
            [.. selection.Query, state, cursor, limit],
            (line, site, token) =>
                site.GetAsync(
                    OpsVerb.Path(
                        "api/v1/dead-letters",
                        [
                            .. selection.Questions(line),
                            ("state", line.GetValue(state)),
                            ("cursor", line.GetValue(cursor)),
                            ("limit", line.GetValue(limit)),
                        ]
                    ),
                    token
                ),
            page =>
            {
                OpsVerb.Table(
                    page.GetProperty("items").EnumerateArray(),
                    ("Id", letter => letter.Text("id")),
                    ("State", letter => letter.Text("state")),
                    ("Last (UTC)", letter => letter.Instant("lastFailedAt")),
                    ("Who", letter => letter.Text("owner")),
                    ("Order", letter => letter.Text("refundId") ?? letter.Text("orderId")),
                    ("Reason", letter => letter.Text("reason"))
                );
                OpsVerb.More(page, "cursor");
            }
        );
    }

    static Command Groups()
    {
        var (selection, state) = (new SelectionOptions(), StateOption());
        return OpsVerb.Of(
            "groups",
            "Grouped by cause: how many, since when, who must act",
            [.. selection.Query, state],
            (line, site, token) =>
                site.GetAsync(
                    OpsVerb.Path("api/v1/dead-letters/groups", [.. selection.Questions(line), ("state", line.GetValue(state))]),
                    token
                ),
            groups =>
                OpsVerb.Table(
                    groups.EnumerateArray(),
                    ("Group", group => group.Text("group")),
                    ("Count", group => group.Text("count")),
                    ("Who", group => group.Text("owner")),
                    ("First (UTC)", group => group.Instant("firstFailedAt")),
                    ("Last (UTC)", group => group.Instant("lastFailedAt")),
                    ("Cause", group => group.Text("reason")),
                    ("Note", group => group.Text("note"))
                )
        );
    }

    static Command Show()
    {
        var id = IdArgument();
        return OpsVerb.Of(
            "show",
            "One message: body, headers, every failure, and what sending it again would do",
            [id],
            (line, site, token) => site.GetAsync($"api/v1/dead-letters/{line.GetValue(id)}", token),
            letter =>
            {
                OpsVerb.Facts(
                    ("State", letter.Text("state")),
                    ("Reason", letter.Text("reason")),
                    ("Who must act", letter.Text("owner")),
                    ("What to do", letter.Text("action")),
                    ("If sent again", letter.Text("forecast")),
                    ("Order", letter.Text("orderId")),
                    ("Refund", letter.Text("refundId")),
                    ("Given up in", letter.Text("endpoint")),
                    ("Type", letter.Text("messageType")),
                    ("Message id", letter.Text("messageId")),
                    ("Exception", letter.Text("exception")),
                    ("Group", letter.Text("group")),
                    ("Last job", letter.Text("jobId")),
                    ("Edited from", letter.Text("editedFrom")),
                    ("Edited to", letter.Text("editedTo"))
                );
                OpsVerb.Table(
                    letter.GetProperty("failures").EnumerateArray(),
                    ("Given up (UTC)", failure => failure.Instant("at")),
                    ("Kind", failure => failure.Text("kind")),
                    ("Reason", failure => failure.Text("reason"))
                );
                foreach (var header in letter.GetProperty("headers").EnumerateObject())
                    Console.WriteLine($"{header.Name}: {header.Value.GetString()}");
                Console.WriteLine();
                Console.WriteLine(letter.Text("body"));
            }
        );
    }

    static Command Replay()
    {
        var (selection, reason, id, wait) = (new SelectionOptions(), ReasonOption(required: false), OperationOption(), WaitOption());
        var preview = new Option<bool>("--preview") { Description = "Only say what would happen" };
        var rate = new Option<int?>("--rate") { Description = "At most this many per second, 1 to 500 [100]", HelpName = "number" };
        var ramp = new Option<int[]>("--ramp")
        {
            Description = "How many to begin with, step by step [1 5 50]",
            HelpName = "numbers",
            AllowMultipleArgumentsPerToken = true,
        };
        var share = new Option<int?>("--stop-share")
        {
            Description = "Stop when more than this share has failed, in percent [10]",
            HelpName = "number",
        };
        var any = new Option<bool>("--go-on-after-same") { Description = "Do not stop when a message comes back for the same cause" };
        var follow = false;
        return OpsVerb.Of(
            "replay",
            "Send them again as a job, or say what that would do",
            [.. selection.All, reason, id, preview, rate, ramp, share, any, wait],
            (line, site, token) =>
            {
                var body = selection.Body(line);
                (body["reason"], body["id"], body["preview"], body["rate"]) = (
                    line.GetValue(reason),
                    line.GetValue(id),
                    line.GetValue(preview),
                    line.GetValue(rate)
                );
                (body["ramp"], body["stopShare"], body["stopOnSame"]) = (
                    line.GetValue(ramp) is { Length: > 0 } steps ? steps : null,
                    line.GetValue(share),
                    !line.GetValue(any)
                );
                follow = line.GetValue(wait);
                return site.PostAsync("api/v1/dead-letters/replays", body, token);
            },
            async (answer, site, output, token) =>
                answer.TryGetProperty("effects", out _)
                    ? output.Succeed(answer, () => Previewed(answer))
                    : await JobsCommand.MadeAsync(answer, follow, site, output, token)
        );
    }

    static void Previewed(JsonElement preview)
    {
        Console.WriteLine(
            $"{preview.Text("total")} messages: {preview.Text("milesToIssue")} miles to issue, "
                + $"{preview.Text("milesToReverse")} to take back, of {preview.Text("milesUnknown")} it cannot be told"
        );
        foreach (var effect in preview.GetProperty("effects").EnumerateObject())
            Console.WriteLine($"  {effect.Value, 6}  {effect.Name}");
        foreach (var example in preview.GetProperty("examples").EnumerateArray())
            Console.WriteLine(
                $"  {example.Text("effect")}: "
                    + $"{example.Text("refundId") ?? example.Text("orderId") ?? example.Text("deadLetterId")}: "
                    + $"{example.Text("sentence")}"
            );
        if (preview.Text("needsApproval") is { } objection)
            Console.WriteLine($"A second person would have to say yes: {objection}");
    }

    static Command Edit()
    {
        var (id, reason, operation) = (IdArgument(), ReasonOption(required: true), OperationOption());
        var file = new Option<FileInfo>("--file")
        {
            Description = "The whole new event; a masked collector number stands for the one that was there",
            Required = true,
            HelpName = "file",
        };
        return OpsVerb.Of(
            "edit",
            "Send a corrected event in place of one",
            [id, file, reason, operation],
            async (line, site, token) =>
                line.GetValue(file) is { Exists: true } body
                    ? await site.PostAsync(
                        $"api/v1/dead-letters/{line.GetValue(id)}/edit-and-replay",
                        new Dictionary<string, object?>
                        {
                            ["body"] = await File.ReadAllTextAsync(body.FullName, token),
                            ["reason"] = line.GetValue(reason),
                            ["id"] = line.GetValue(operation),
                        },
                        token
                    )
                    : throw new OpsRefusedException($"There is no file {line.GetValue(file)!.FullName}"),
            answer =>
            {
                var state = answer.Text("needsApproval") is { } why ? $"{answer.Text("state")}: {why}" : answer.Text("state");
                Console.WriteLine($"Edited: {answer.Text("deadLetterId")}, sent by job {answer.Text("jobId")} ({state})");
            }
        );
    }

    static Command Discard() => Moved("discard", "Give them up for good");

    static Command Restore() => Moved("restore", "Reopen discarded messages");

    static Command Moved(string act, string description)
    {
        var (selection, reason, id) = (new SelectionOptions(), ReasonOption(required: true), OperationOption());
        return OpsVerb.Of(
            act,
            description,
            [.. selection.All, reason, id],
            (line, site, token) =>
            {
                var body = selection.Body(line);
                (body["reason"], body["id"]) = (line.GetValue(reason), line.GetValue(id));
                return site.PostAsync($"api/v1/dead-letters/{act}", body, token);
            },
            answer => OpsVerb.Changed(answer, "dead letters")
        );
    }

    static Command Note()
    {
        var group = new Argument<Guid>("group");
        var note = new Argument<string>("note") { Description = "Empty for none" };
        return OpsVerb.Of(
            "note",
            "Add a note to a group, for your colleagues",
            [group, note],
            (line, site, token) =>
                site.PutAsync(
                    $"api/v1/dead-letters/groups/{line.GetValue(group)}/note",
                    new Dictionary<string, object?> { ["note"] = line.GetValue(note) },
                    token
                ),
            _ => Console.WriteLine("Noted")
        );
    }

    static Argument<Guid> IdArgument() => new("id") { Description = "Id of the dead letter" };

    static Option<string?> StateOption() =>
        new("--state") { Description = "Open, Replaying, Replayed, Edited or Discarded", HelpName = "state" };

    internal static Option<string?> CursorOption() =>
        new("--cursor") { Description = "Value of next from the previous page", HelpName = "cursor" };

    internal static Option<int?> LimitOption() => new("--limit") { Description = "At most this many", HelpName = "number" };

    internal static Option<string?> ReasonOption(bool required) =>
        new("--reason")
        {
            Description = "Why; kept for ever, with your name",
            Required = required,
            HelpName = "words",
        };

    internal static Option<Guid?> OperationOption() =>
        new("--operation") { Description = "Id of the request, to retry it safely [a new one]", HelpName = "uuid" };

    internal static Option<bool> WaitOption() =>
        new("--wait") { Description = "Follow the job to its end; progress goes to standard error" };
}
