using System.CommandLine;
using System.Text.Json;
using Loyalty.Messaging.Cli.Ops;

namespace Loyalty.Messaging.Cli.Commands;

/// <summary><c>loyalty jobs …</c>: replays, and decisions about many orders at once.</summary>
internal static class JobsCommand
{
    public static Command Create() =>
        new("jobs", "Replays, and decisions about many orders at once")
        {
            List(),
            Show(),
            Items(),
            new Command("start", "Take one decision about many orders and refunds")
            {
                Start("retry", "Send their calls again"),
                Start("cancel", "Give them up"),
            },
            Act("pause", "Begin no further items for now"),
            Act("resume", "Continue from the start of the ramp; failed items are tried again"),
            Act("cancel", "Begin no further items, for good"),
            Act("approve", "Approve as the second person"),
        };

    /// <summary>A job was made: it is told, or followed to its end.</summary>
    public static Task<int> MadeAsync(JsonElement job, bool follow, OpsSite site, Output output, CancellationToken cancellationToken) =>
        follow && job.Text("state") == "Running"
            ? JobFollower.FollowAsync(job, site, output, cancellationToken)
            : Task.FromResult(
                output.Succeed(
                    job,
                    () =>
                        Console.WriteLine(
                            job.Text("needsApproval") is { } objection && job.Text("state") == "AwaitingApproval"
                                ? $"Job {job.Text("id")} waits for a second person: {objection}\n  loyalty jobs approve "
                                    + $"{job.Text("id")} --reason …"
                                : $"Job {job.Text("id")} is {job.Text("state")}\n  loyalty jobs show {job.Text("id")} --wait"
                        )
                )
            );

    static Command List() =>
        OpsVerb.Of(
            "list",
            "List them, newest first",
            [],
            (_, site, token) => site.GetAsync("api/v1/jobs", token),
            jobs =>
                OpsVerb.Table(
                    jobs.EnumerateArray(),
                    ("Id", job => job.Text("id")),
                    ("What", job => job.Text("description")),
                    ("Progress", JobFollower.Sentence),
                    ("By", job => job.Text("createdBy")),
                    ("Made (UTC)", job => job.Instant("createdAt"))
                )
        );

    static Command Show()
    {
        var (id, wait) = (IdArgument(), DeadLettersCommand.WaitOption());
        var follow = false;
        return OpsVerb.Of(
            "show",
            "Progress and state of a job",
            [id, wait],
            (line, site, token) =>
            {
                follow = line.GetValue(wait);
                return site.GetAsync($"api/v1/jobs/{line.GetValue(id)}", token);
            },
            (job, site, output, token) =>
                follow ? JobFollower.FollowAsync(job, site, output, token) : Task.FromResult(output.Succeed(job, () => Print(job)))
        );
    }

    static void Print(JsonElement job) =>
        OpsVerb.Facts(
            ("Job", job.Text("description")),
            ("State", job.Text("state")),
            ("", job.Text("stateReason")),
            ("Progress", JobFollower.Sentence(job)),
            ("Why", job.Text("reason")),
            ("Made by", $"{job.Text("createdBy")}, {job.Instant("createdAt")}"),
            ("Approved by", job.Text("approvedBy")),
            ("Rate", $"{job.Text("rate")} a second, first {job.Text("ramp")}")
        );

    static Command Items()
    {
        var (id, limit) = (IdArgument(), DeadLettersCommand.LimitOption());
        var state = new Option<string?>("--state") { Description = "Waiting, Sent, Done, Failed or Skipped", HelpName = "state" };
        var after = new Option<int?>("--after") { Description = "Behind this number", HelpName = "number" };
        return OpsVerb.Of(
            "items",
            "The outcome of each item",
            [id, state, after, limit],
            (line, site, token) =>
                site.GetAsync(
                    OpsVerb.Path(
                        $"api/v1/jobs/{line.GetValue(id)}/items",
                        ("state", line.GetValue(state)),
                        ("after", line.GetValue(after)),
                        ("limit", line.GetValue(limit))
                    ),
                    token
                ),
            items =>
                OpsVerb.Table(
                    items.EnumerateArray(),
                    ("No.", item => item.Text("ordinal")),
                    ("State", item => item.Text("state")),
                    ("What", item => item.Text("subject")),
                    ("Order", item => item.Text("orderId")),
                    ("What became of it", item => item.Text("outcome"))
                )
        );
    }

    static Command Start(string kind, string description)
    {
        var (reason, operation, wait) = (
            DeadLettersCommand.ReasonOption(required: false),
            DeadLettersCommand.OperationOption(),
            DeadLettersCommand.WaitOption()
        );
        var states = new Option<string[]>("--state")
        {
            Description = "In one of these states",
            HelpName = "states",
            AllowMultipleArgumentsPerToken = true,
        };
        var stuck = new Option<bool>("--stuck") { Description = "Only those stuck in their state" };
        var day = new Option<DateOnly?>("--day") { Description = "Transaction day", HelpName = "day" };
        var what = new Option<string?>("--what") { Description = "issue or reverse [both]", HelpName = "kind" };
        var rate = new Option<int?>("--rate") { Description = "At most this many per second, 1 to 100 [20]", HelpName = "number" };
        var preview = new Option<bool>("--preview") { Description = "Only say how many it would affect" };
        var follow = false;
        return OpsVerb.Of(
            kind,
            description,
            [states, stuck, day, what, rate, preview, reason, operation, wait],
            (line, site, token) =>
            {
                follow = line.GetValue(wait);
                return site.PostAsync(
                    "api/v1/jobs",
                    new Dictionary<string, object?>
                    {
                        ["kind"] = kind,
                        ["states"] = line.GetValue(states),
                        ["stuck"] = line.GetValue(stuck),
                        ["day"] = line.GetValue(day),
                        ["what"] = line.GetValue(what),
                        ["rate"] = line.GetValue(rate),
                        ["preview"] = line.GetValue(preview),
                        ["reason"] = line.GetValue(reason),
                        ["id"] = line.GetValue(operation),
                    },
                    token
                );
            },
            (answer, site, output, token) =>
                answer.TryGetProperty("fitting", out _)
                    ? Task.FromResult(
                        output.Succeed(
                            answer,
                            () =>
                                Console.WriteLine(
                                    $"{answer.Text("fitting")} of {answer.Text("selected")}, {answer.Text("miles")} miles"
                                        + (
                                            answer.Text("needsApproval") is { } objection
                                                ? $"; a second person would have to say yes: {objection}"
                                                : ""
                                        )
                                )
                        )
                    )
                    : MadeAsync(answer, follow, site, output, token)
        );
    }

    static Command Act(string name, string description)
    {
        var (id, reason) = (IdArgument(), DeadLettersCommand.ReasonOption(required: true));
        return OpsVerb.Of(
            name,
            description,
            [id, reason],
            (line, site, token) =>
                site.PostAsync(
                    $"api/v1/jobs/{line.GetValue(id)}/{name}",
                    new Dictionary<string, object?> { ["reason"] = line.GetValue(reason) },
                    token
                ),
            job => Console.WriteLine(JobFollower.Sentence(job))
        );
    }

    static Argument<Guid> IdArgument() => new("id") { Description = "Id of the job" };
}
