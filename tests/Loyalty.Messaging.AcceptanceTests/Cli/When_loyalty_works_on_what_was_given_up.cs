using System.Text.Json;
using System.Text.Json.Nodes;
using Loyalty.Messaging.AcceptanceTests.DeadLetters;
using Loyalty.Messaging.AcceptanceTests.Ops;
using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.Cli;

/// <summary>The verbs of the people who run this: for a person, for a program, and with an exit code for a script.</summary>
public sealed class When_loyalty_works_on_what_was_given_up(When_loyalty_works_on_what_was_given_up.GuardedSystem guarded)
    : IClassFixture<When_loyalty_works_on_what_was_given_up.GuardedSystem>
{
    readonly LetterSystem _letters = guarded.Letters;
    readonly LoyaltySystem _system = guarded.Letters.System;

    [Fact]
    public async Task Dead_letters_are_listed_shown_noted_discarded_restored_and_edited()
    {
        var order = Commerce.Order("CL-1");
        order.Remove("locationCode");
        await _system.Commerce.CompleteAsync(order);
        var letter = (await _letters.OpenAsync(1, "&order=CL-1", RunningSite.KeyOf("viewer")))[0];
        var (id, group) = (letter.GetProperty("id").GetString()!, letter.GetProperty("group").GetString()!);

        await SaysAsync("viewer", $"dead-letters list --order CL-1", id, "commerce", "locationCode");
        Assert.Equal(
            id,
            Assert
                .Single((await JsonAsync("viewer", "dead-letters list --order CL-1")).GetProperty("items").EnumerateArray())
                .GetProperty("id")
                .GetString()
        );
        Assert.Equal("None.", (await RunAsync("viewer", "dead-letters list --order never-seen")).Printed.Trim());
        await RefusesAsync(1, "viewer", "dead-letters list --state Lost", "state must be one of Open");
        await RefusesAsync(2, "viewer", "dead-letters list --colour red", "--colour");
        await RefusesAsync(2, "viewer", "dead-letters show no-id", "no-id");
        await RefusesAsync(1, "viewer", $"dead-letters show {Guid.NewGuid()}", "There is no dead letter");

        await SaysAsync("viewer", $"dead-letters show {id}", "*******2028", "It breaks the contract", "Given up in");
        Assert.True(
            JsonElement.DeepEquals(
                await _letters.GetAsync($"dead-letters/{id}", RunningSite.KeyOf("viewer")),
                await JsonAsync("viewer", $"dead-letters show {id}")
            )
        );

        Assert.Equal("Noted", (await RunAsync("operator", "dead-letters", "note", group, "commerce knows")).Printed.Trim());
        await SaysAsync("viewer", "dead-letters groups", group, "commerce knows");
        Assert.Contains(
            (await JsonAsync("viewer", "dead-letters groups")).EnumerateArray(),
            each => each.GetProperty("note").GetString() == "commerce knows"
        );

        await SaysAsync("operator", $"dead-letters replay --id {id} --preview", "1 messages: 0 miles to issue", "RefusedAgain");
        Assert.Equal(
            1,
            (await JsonAsync("operator", $"dead-letters replay --id {id} --preview"))
                .GetProperty("effects")
                .GetProperty("RefusedAgain")
                .GetInt32()
        );
        await RefusesAsync(2, "operator", $"dead-letters discard --id {id}", "--reason");
        await RefusesAsync(1, "operator", "dead-letters discard --reason all", "say which");
        await RefusesAsync(1, "viewer", $"dead-letters discard --id {id} --reason mine", "role");
        Assert.Equal(
            "1 dead letters",
            (await RunAsync("operator", "dead-letters", "discard", "--id", id, "--reason", "a test of theirs")).Printed.Trim()
        );
        Assert.Equal(1, (await JsonAsync("operator", $"dead-letters restore --id {id} --reason sorry")).GetProperty("count").GetInt32());

        await RefusesAsync(1, "operator", $"dead-letters edit {id} --file /no/such/file --reason theirs", "There is no file /no/such/file");
        var file = Path.GetTempFileName();
        try
        {
            var body = JsonNode.Parse((await JsonAsync("viewer", $"dead-letters show {id}")).GetProperty("body").GetString()!)!.AsObject();
            await File.WriteAllTextAsync(file, body.ToJsonString());
            await RefusesAsync(1, "operator", $"dead-letters edit {id} --file {file} --reason theirs", "locationCode");
            body["locationCode"] = "0037";
            await File.WriteAllTextAsync(file, body.ToJsonString());
            await SaysAsync("operator", $"dead-letters edit {id} --file {file} --reason theirs", "Edited: ", "(Running)");
        }
        finally
        {
            File.Delete(file);
        }
        await _system.OrderIsAsync("CL-1", "Issued");
    }

    [Fact]
    public async Task A_replay_is_followed_to_its_end()
    {
        await _letters.BreakAsync("CR-");
        await _system.Commerce.CompleteAsync(Commerce.Order("CR-1"));
        await _letters.OpenAsync(1, "&order=CR-1", RunningSite.KeyOf("viewer"));
        var stopped = await RunAsync("operator", "dead-letters replay --order CR-1 --reason mended --wait");
        Assert.Equal(1, stopped.ExitCode);
        Assert.Contains("is Stopped: A dead letter came back", stopped.Errors, StringComparison.Ordinal);
        var job = (await JsonAsync("viewer", "jobs list"))[0].GetProperty("id").GetString()!;
        Assert.Equal(1, (await RunAsync("viewer", $"jobs show {job} --wait --json")).ExitCode);

        await _letters.MendAsync();
        await SaysAsync("operator", $"jobs resume {job} --reason mended", "Running");
        var done = await RunAsync("viewer", $"jobs show {job} --wait");
        Assert.Equal((0, $"Job {job} is done"), (done.ExitCode, done.Printed.Trim()));
        Assert.Contains("100 %", done.Errors, StringComparison.Ordinal);
        await SaysAsync("viewer", $"jobs show {job}", "Replay dead letters of order CR-1", "one operator", "mended");
        await SaysAsync("viewer", "jobs list", job, "Done");
        await SaysAsync("viewer", $"jobs items {job}", "CR-1", "Delivered and recorded");
        Assert.Equal(
            "Done",
            Assert.Single((await JsonAsync("viewer", $"jobs items {job} --state Done")).EnumerateArray()).GetProperty("state").GetString()
        );
        await RefusesAsync(1, "operator", "dead-letters replay --order CR-1 --reason again", "None of what was selected is open");
        await RefusesAsync(1, "operator", $"jobs pause {job} --reason stop", "Only a running job can be paused: this one is Done");
        await RefusesAsync(1, "viewer", $"jobs show {Guid.NewGuid()}", "There is no job");
        await RefusesAsync(2, "operator", $"jobs pause {job}", "--reason");
    }

    [Fact]
    public async Task A_job_is_paused_resumed_and_cancelled()
    {
        await _letters.BreakAsync("CP-");
        await _system.Commerce.CompleteAsync(Commerce.Order("CP-1", "80000000093"));
        await _system.Commerce.CompleteAsync(Commerce.Order("CP-2", "80000000101"));
        await _letters.OpenAsync(2, "&q=CP-", RunningSite.KeyOf("viewer"));
        await _letters.MendAsync();
        await guarded.Worker.KillAsync();
        try
        {
            var job = (await JsonAsync("operator", "dead-letters replay --q CP- --ramp 1 --reason mended")).GetProperty("id").GetString()!;
            await SaysAsync("operator", $"jobs pause {job} --reason wait", "Paused");
            Assert.Equal("Running", (await JsonAsync("operator", $"jobs resume {job} --reason go")).GetProperty("state").GetString());
            await SaysAsync("operator", $"jobs cancel {job} --reason enough", "Cancelled");
            await RefusesAsync(1, "operator", $"jobs cancel {job} --reason again", "It has ended: it is Cancelled");
        }
        finally
        {
            guarded.Worker = await _system.StartWorkerAsync();
        }
    }

    [Fact]
    public async Task A_decision_about_many_waits_for_a_second_person()
    {
        for (var number = 1; number <= 3; number++)
        {
            await _system.RejectAsync($"CJ-{number}", $"8{number:D9}4");
        }
        await SaysAsync(
            "operator",
            "jobs start cancel --state Rejected --preview",
            "3 of 3, 24 miles; a second person would have to say yes: 3 are more than 2 at once"
        );
        Assert.Equal(0, (await JsonAsync("operator", "jobs start retry --state Rejected --preview")).GetProperty("fitting").GetInt32());
        await RefusesAsync(1, "operator", "jobs start retry --state Rejected --reason try", "None of what was selected");
        await RefusesAsync(1, "operator", "jobs start cancel --state Lost --reason try", "state Lost does not exist");
        await RefusesAsync(1, "operator", "jobs start cancel --state Rejected", "reason is required");

        var waiting = await RunAsync("operator", "jobs start cancel --state Rejected --reason closed --wait");
        Assert.Equal(0, waiting.ExitCode);
        Assert.Contains("waits for a second person: 3 are more than 2 at once", waiting.Printed, StringComparison.Ordinal);
        var job = (await JsonAsync("viewer", "jobs list"))[0].GetProperty("id").GetString()!;
        await RefusesAsync(1, "operator", $"jobs approve {job} --reason mine", "role");
        await SaysAsync("approver", $"jobs approve {job} --reason seen", "Running");
        Assert.Equal(3, (await JsonAsync("viewer", $"jobs show {job} --wait")).GetProperty("done").GetInt32());
        await _system.OrderIsAsync("CJ-3", "Cancelled");
    }

    [Fact]
    public async Task What_there_is_to_look_at_is_printed()
    {
        await _system.Commerce.CompleteAsync(Commerce.Order("CW-1", "80000000119"));
        await _system.OrderIsAsync("CW-1", "Issued");
        await SaysAsync("viewer", "orders list --state Issued", "CW-1");
        Assert.Contains(
            (await JsonAsync("viewer", "orders list --state Issued")).GetProperty("orders").EnumerateArray(),
            order => order.GetProperty("orderId").GetString() == "CW-1"
        );
        await SaysAsync("viewer", "stats", "Issued", "Outbox: ");
        Assert.NotEmpty((await JsonAsync("viewer", "stats")).GetProperty("states").EnumerateArray());
        Assert.Equal(0, (await RunAsync("viewer", "timers")).ExitCode);
        Assert.Equal(JsonValueKind.Array, (await JsonAsync("viewer", "timers")).GetProperty("timers").ValueKind);
        Assert.Equal("None.", (await RunAsync("viewer", "outbox parked")).Printed.Trim());
        Assert.Empty((await JsonAsync("viewer", "outbox parked")).GetProperty("messages").EnumerateArray());
        await RefusesAsync(1, "operator", "outbox release --reason go", "say which");
        await RefusesAsync(1, "viewer", "outbox release --all --reason go", "role");
        Assert.Equal("0 messages are on the way again", (await RunAsync("operator", "outbox release --all --reason go")).Printed.Trim());
        await RefusesAsync(1, "operator", "orders timer CW-1 --now --reason go", "");
        await RefusesAsync(2, "operator", "orders timer CW-1 --reason go", "one of --due, --now and --remove");
        await RefusesAsync(2, "operator", "orders timer CW-1 --now --remove --reason go", "one of --due, --now and --remove");

        await RunAsync("operator", "dead-letters", "note", Guid.NewGuid().ToString(), "seen by [brackets]");
        await SaysAsync("viewer", "audit list --limit 5", "one operator", "note", "seen by [brackets]");
        Assert.Single((await JsonAsync("viewer", "audit list --limit 1")).GetProperty("records").EnumerateArray());
        await RefusesAsync(1, "viewer", "audit list --limit 0", "limit must be");
        Assert.Equal("Every record is there as it was written", (await RunAsync("viewer", "audit verify")).Printed.Trim());
        Assert.True((await JsonAsync("viewer", "audit verify")).GetProperty("intact").GetBoolean());
        Assert.NotEmpty(JsonDocument.Parse((await RunAsync("viewer", "audit export")).Printed).RootElement.EnumerateArray());

        var today = DateOnly
            .FromDateTime(
                TimeZoneInfo.ConvertTime(TimeProvider.System.GetUtcNow(), TimeZoneInfo.FindSystemTimeZoneById("America/Toronto")).DateTime
            )
            .ToString("yyyy-MM-dd", null);
        await SaysAsync("viewer", $"reconcile --day {today} --breaks", "no statement yet", "orders");
        Assert.Equal(today, (await JsonAsync("viewer", $"reconcile --day {today} --breaks")).GetProperty("day").GetString());
        await RefusesAsync(1, "operator", $"reconcile --day {today} --sign-off done", "role");
        await RefusesAsync(1, "approver", $"reconcile --day {today} --sign-off done", "The day is not over yet");
    }

    async Task SaysAsync(string role, string line, params string[] parts)
    {
        var run = await RunAsync(role, line);
        Assert.True(run.ExitCode == 0, $"{line}: {run.ExitCode} {run.Errors}");
        foreach (var part in parts)
            Assert.Contains(part, run.Printed, StringComparison.Ordinal);
        Assert.DoesNotMatch(RunningSite.WholeCollectorNumber(), run.Printed);
    }

    async Task RefusesAsync(int exitCode, string role, string line, string sentence)
    {
        var run = await RunAsync(role, line);
        Assert.True(run.ExitCode == exitCode, $"{line}: {run.ExitCode} {run.Errors}");
        Assert.Contains(sentence, run.Errors, StringComparison.Ordinal);
        if (exitCode == 2)
            return;
        var json = await RunAsync(role, $"{line} --json");
        Assert.Equal((exitCode, ""), (json.ExitCode, json.Errors));
        Assert.Contains(sentence, json.Json.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    async Task<JsonElement> JsonAsync(string role, string line)
    {
        var run = await RunAsync(role, $"{line} --json");
        Assert.True(run.ExitCode == 0, $"{line}: {run.ExitCode} {run.Errors} {run.Printed}");
        Assert.DoesNotMatch(RunningSite.WholeCollectorNumber(), run.Printed);
        return run.Json;
    }

    Task<CliRun> RunAsync(string role, string line) => RunAsync(role, line.Split(' '));

    Task<CliRun> RunAsync(string role, params string[] arguments) =>
        CliRun.RunAsync(
            new Dictionary<string, string> { ["Ops__Url"] = _letters.Ops.ToString(), ["Ops__Key"] = RunningSite.KeyOf(role) },
            arguments
        );

    public sealed class GuardedSystem : IAsyncLifetime
    {
        public LetterSystem Letters { get; private set; } = null!;
        public Application Worker { get; set; } = null!;

        public async ValueTask InitializeAsync()
        {
            var settings = new Dictionary<string, string> { ["Ops__Approval__Messages"] = "2", ["Ops__Approval__Period"] = "00:00:00.001" };
            Letters = await LetterSystem.StartAsync(guarded: true, settings: settings);
            Worker = Letters.System.Applications[0];
            // An order by whose rules others can be measured.
            await Letters.System.Commerce.CompleteAsync(Commerce.Order("CM-1", "80000000127"));
            await Letters.System.OrderIsAsync("CM-1", "Issued");
        }

        public async ValueTask DisposeAsync()
        {
            try
            {
                await Agreement.HoldsAsync(Letters.System);
            }
            finally
            {
                await Letters.DisposeAsync();
            }
        }
    }
}
