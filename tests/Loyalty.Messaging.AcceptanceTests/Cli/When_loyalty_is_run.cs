using System.Text;
using Loyalty.Messaging.AcceptanceTests.Ops;
using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.Cli;

public sealed class When_loyalty_is_run
{
    const int Failed = 1;
    const int WrongUsage = 2;
    const int BadConfiguration = 78;

    [Fact]
    public async Task Its_help_is_the_approved_one()
    {
        string[] commands =
        [
            "",
            "migrate",
            "validate",
            "publish",
            "orders",
            "orders list",
            "orders show",
            "orders timer",
            "refunds",
            "dead-letters",
            "dead-letters list",
            "dead-letters replay",
            "dead-letters edit",
            "dead-letters discard",
            "jobs",
            "jobs show",
            "jobs start retry",
            "stats",
            "timers",
            "outbox",
            "outbox release",
            "audit",
            "audit list",
            "reconcile",
            "echo",
            "inquire",
            "keys",
            "keys new",
        ];
        var text = new StringBuilder("# What `loyalty … --help` prints.\n");
        foreach (var command in commands)
        {
            var run = await CliRun.RunAsync([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);
            Assert.Equal((0, ""), (run.ExitCode, run.Errors));
            text.Append("\n$ loyalty ").Append(command).Append(command.Length == 0 ? "" : " ").Append("--help\n\n");
            foreach (var line in run.Printed.TrimEnd().Split('\n'))
                text.Append(line.TrimEnd()).Append('\n');
        }
        Approved.Matches("tests/Loyalty.Messaging.AcceptanceTests/Cli/help.approved.txt", text.ToString());
    }

    [Theory]
    [InlineData("frobnicate", "'frobnicate'")]
    [InlineData("orders", "Required command")]
    [InlineData("orders show", "'show'")]
    [InlineData("orders show W-1 --colour", "'--colour'")]
    [InlineData("publish", "'publish'")]
    [InlineData("validate", "'validate'")]
    [InlineData("validate order.json --kind order-cancelled", "'order-cancelled'")]
    [InlineData("keys new vera king", "'king'")]
    [InlineData("inquire --collector 80085102028", "--amount")]
    [InlineData("inquire --collector 80085102028 --amount 1 --entry KEYED", "'KEYED'")]
    public async Task Wrong_usage_is_a_2_that_says_what_is_wrong(string line, string named)
    {
        var run = await CliRun.RunAsync(line.Split(' '));
        Assert.Equal(WrongUsage, run.ExitCode);
        Assert.Contains(named, run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("migrate", "ConnectionStrings__Loyalty", null)]
    [InlineData("migrate", "ConnectionStrings__Loyalty", "Host=;Password=not-to-be-seen")]
    [InlineData("migrate", "ConnectionStrings__Loyalty", "not-to-be-seen")]
    [InlineData("migrate", "ConnectionStrings__Loyalty__File", "/no/such/file")]
    [InlineData("publish {example}", "RabbitMq__Uri", null)]
    [InlineData("publish {example}", "RabbitMq__Uri", "http://commerce:not-to-be-seen@broker")]
    [InlineData("orders show W-1", "Ops__Url", "ftp://somewhere")]
    public async Task A_setting_that_is_missing_or_wrong_is_a_78_and_one_line_that_names_it(string line, string key, string? value)
    {
        var settings = new Dictionary<string, string>();
        if (value is not null)
            settings[key] = value;
        var run = await CliRun.RunAsync(
            settings,
            line.Replace("{example}", Example("order-completed"), StringComparison.Ordinal).Split(' ')
        );
        Assert.Equal(BadConfiguration, run.ExitCode);
        var said = Assert.Single(run.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("configuration: ", said, StringComparison.Ordinal);
        Assert.Contains(key, said, StringComparison.Ordinal);
        Assert.DoesNotContain("not-to-be-seen", run.Errors + run.Printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Migrate_may_be_repeated()
    {
        await using var database = await TestDatabase.CreateAsync();
        var settings = new Dictionary<string, string> { ["ConnectionStrings__Loyalty"] = database.ConnectionString };
        var first = await CliRun.RunAsync(settings, "migrate");
        var second = await CliRun.RunAsync(settings, "migrate");
        var third = await CliRun.RunAsync(settings, "migrate", "--json");
        Assert.Equal((0, 0, 0), (first.ExitCode, second.ExitCode, third.ExitCode));
        Assert.StartsWith("applied ", first.Printed, StringComparison.Ordinal);
        Assert.Equal("The schema is up to date", second.Printed.Trim());
        Assert.Empty(third.Json.GetProperty("applied").EnumerateArray());
        Assert.Equal(0, await database.ScalarAsync<long>("SELECT count(*) FROM issuance"));
    }

    [Fact]
    public async Task A_database_that_is_away_is_a_1_with_a_sentence()
    {
        var settings = new Dictionary<string, string>
        {
            ["ConnectionStrings__Loyalty"] = $"Host=127.0.0.1;Port={Ports.Next()};Username=loyalty;Password=not-to-be-seen",
        };
        var run = await CliRun.RunAsync(settings, "migrate");
        Assert.Equal(Failed, run.ExitCode);
        Assert.StartsWith(
            "The database cannot be migrated: ",
            Assert.Single(run.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)),
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("not-to-be-seen", run.Errors + run.Printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_key_comes_with_its_hash()
    {
        var made = (await CliRun.RunAsync("keys", "new", "vera", "viewer", "--json")).Json;
        Assert.Equal(("vera", "viewer"), (made.GetProperty("name").GetString(), made.GetProperty("role").GetString()));
        Assert.Equal(RunningSite.HashOf(made.GetProperty("key").GetString()!), made.GetProperty("hash").GetString());

        var lines = (await CliRun.RunAsync("keys", "new", "oscar", "operator")).Printed.Split('\n');
        var key = lines[0].Split(':')[1].Trim();
        Assert.NotEqual(made.GetProperty("key").GetString(), key);
        Assert.Equal(
            ["Ops__Keys__0__Name=oscar", "Ops__Keys__0__Role=operator", $"Ops__Keys__0__Hash={RunningSite.HashOf(key)}"],
            lines.Where(line => line.Contains('=', StringComparison.Ordinal))
        );
    }

    internal static string Example(string name) => Path.Combine(Repository.Root, "contracts", "examples", name + ".json");
}
