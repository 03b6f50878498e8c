using System.Diagnostics;
using System.Text.Json;
using Loyalty.Messaging.AcceptanceTests.Journeys;
using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.Cli;

/// <summary>A commerce team asks before it publishes; what it is told is what the worker would say.</summary>
[Collection(nameof(SharedSystem))]
public sealed class When_loyalty_validates(SharedSystem shared) : IDisposable
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("loyalty-validate-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task The_contracts_examples_are_accepted_in_every_form()
    {
        var order = When_loyalty_is_run.Example("order-completed");
        var refund = When_loyalty_is_run.Example("order-refunded");
        var cloudEvent = File(
            "cloud.json",
            $$"""{ "specversion": "1.0", "id": "1", "type": "com.shop.order-completed.v1", "source": "shop", "data": {{System.IO.File.ReadAllText(order)}} }"""
        );
        var envelope = File(
            "envelope.json",
            $$"""{ "messageId": "{{Guid.NewGuid()}}", "messageType": ["urn:message:Shop:OrderRefunded"], "message": {{System.IO.File.ReadAllText(refund)}} }"""
        );

        var run = await CliRun.RunAsync("validate", order, refund, cloudEvent, envelope);

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.Equal(
            [
                $"{order}: accepted (order-completed, plain)",
                $"{refund}: accepted (order-refunded, plain)",
                $"{cloudEvent}: accepted (order-completed, cloudevents)",
                $"{envelope}: accepted (order-refunded, masstransit)",
            ],
            run.Printed.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        );
    }

    [Fact]
    public async Task Every_violation_comes_with_its_path_and_line_and_the_accepted_file_beside_it_with_none()
    {
        var good = When_loyalty_is_run.Example("order-refunded");
        var bad = File(
            "bad.json",
            """
            { "specversion": "1.0", "id": "1", "data": {
              "orderId": "W 1", "completedAt": "today",
              "collectorNumber": "80085102028",
              "lines": [
                { "lineId": "1", "quantity": 1, "amount": 2 },
                { "lineId": "2", "quantity": 0,
                  "amount": "3" } ] } }
            """
        );

        var run = await CliRun.RunAsync("validate", good, bad, "--json");

        Assert.Equal((1, "", false), (run.ExitCode, run.Errors, run.Json.GetProperty("accepted").GetBoolean()));
        var files = run.Json.GetProperty("files");
        Assert.True(files[0].GetProperty("accepted").GetBoolean());
        Assert.Equal(("order-completed", "cloudevents"), (Text(files[1], "kind"), Text(files[1], "form")));
        Assert.Equal(
            [
                ("$.data.completedAt", 2),
                ("$.data.lines[1].amount", 7),
                ("$.data.lines[1].quantity", 6),
                ("$.data.locationCode", 1),
                ("$.data.orderId", 2),
            ],
            files[1]
                .GetProperty("violations")
                .EnumerateArray()
                .Select(violation => (Text(violation, "path")!, violation.GetProperty("line").GetInt32()))
                .OrderBy(violation => violation.Item1, StringComparer.Ordinal)
        );

        var person = await CliRun.RunAsync("validate", bad);
        Assert.Equal((1, ""), (person.ExitCode, person.Printed));
        Assert.Contains($"{bad}:7: $.data.lines[1].amount must be a number, not a string", person.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("80085102028", person.Errors, StringComparison.Ordinal);
    }

    /// <summary>The place is that in the file, whatever is around the event.</summary>
    [Theory]
    [InlineData(
        "{ \"specversion\": \"1.0\",\n\"type\": \"order-refunded\",\n\"data\": { \"collectorNumber\": \"1\" } }",
        ":2: $.type names order-refunded"
    )]
    [InlineData(
        "{ \"specversion\": \"1.0\",\n\"data\": {\n\"orderId\": \"A\", \"orderId\": \"B\", \"collectorNumber\": \"1\" } }",
        ":3: $.data.orderId is named more than once"
    )]
    [InlineData(
        "{ \"specversion\": \"1.0\",\n\"data_base64\": \"eyJjb2xsZWN0b3JOdW1iZXIiOiIxIn0=\" }",
        ":2: $.data_base64.orderId is required"
    )]
    [InlineData("\uFEFF{ \"orderId\": \"A\",\n\"collectorNumber\": \"1\" }", ":2: $.collectorNumber must be 11 digits")]
    public async Task A_place_is_that_in_the_file(string content, string sentence)
    {
        var file = File("placed.json", content);
        var run = await CliRun.RunAsync("validate", file, "--kind", "order-completed");
        Assert.Contains(file + sentence, run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", null, ":1: is neither an order-completed event")]
    [InlineData("{}", "order-refunded", ":1: $.refundId is required")]
    [InlineData("[]", "order-refunded", ":1: The body must be a JSON object")]
    [InlineData("""{ "messageType": [], "messageId": "x" }""", "order-completed", ":1: $.message is required")]
    [InlineData("{ \"orderId\": \"W-1\",\n  \"collectorNumber\" 3 }", null, ":2: $.orderId is not valid JSON")]
    [InlineData("", "order-completed", ":1: The body is not valid JSON")]
    [InlineData(null, null, ": cannot be read")]
    public async Task What_is_no_event_is_refused_with_a_sentence(string? content, string? kind, string sentence)
    {
        var file = content is null ? Path.Combine(_folder.FullName, "none.json") : File("no.json", content);
        var run = await CliRun.RunAsync(kind is null ? ["validate", file] : ["validate", file, "--kind", kind]);
        Assert.Equal((1, ""), (run.ExitCode, run.Printed));
        Assert.StartsWith(file + sentence, run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_kind_that_is_named_rules()
    {
        var run = await CliRun.RunAsync("validate", When_loyalty_is_run.Example("order-completed"), "--kind", "order-refunded", "--json");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(
            "refundId",
            run.Json.GetProperty("files")[0].GetProperty("violations").EnumerateArray().Select(violation => Text(violation, "field"))
        );
    }

    [Fact]
    public async Task Standard_input_is_read_as_well()
    {
        using var process = Process.Start(
            new ProcessStartInfo("dotnet", [Repository.Program("Loyalty.Messaging.Cli", "loyalty"), "validate", "-"])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            }
        )!;
        await process.StandardInput.WriteAsync(await System.IO.File.ReadAllTextAsync(When_loyalty_is_run.Example("order-completed")));
        process.StandardInput.Close();
        var printed = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal((0, "-: accepted (order-completed, plain)"), (process.ExitCode, printed.Trim()));
    }

    /// <summary>The same bytes to both: the reason in the dead letters is what was said before.</summary>
    [Theory]
    [InlineData(
        "application/json",
        """{ "orderId": "V-1", "collectorNumber": "1", "completedAt": "2026-11-21T15:04:05Z", "lines": [{}] }"""
    )]
    [InlineData(
        "application/cloudevents+json",
        """{ "specversion": "1.0", "id": "1", "data": { "orderId": "V-2", "completedAt": "now", "coupons": [1] } }"""
    )]
    [InlineData(
        "application/vnd.masstransit+json",
        """{ "messageType": [], "message": { "orderId": "V-3", "collectorNumber": 3, "lines": {} } }"""
    )]
    [InlineData("application/json", """{ "orderId": "V-4", "collectorNumber": """)]
    [InlineData("application/json", """{ "specversion": "1.0", "id": "1", "data": { "orderId": "V-5", "orderId": "V-6" } }""")]
    [InlineData("text/plain", """{ "specversion": "1.0", "id": "1", "data": { "orderId": "..", "completedAt": "now" } }""")]
    [InlineData("application/cloudevents+json", """{ "specversion": "1.0", "id": "1", "data_base64": "bm8gSlNPTg==" }""")]
    public async Task The_worker_says_the_same(string contentType, string body)
    {
        var id = Guid.NewGuid().ToString();
        await shared.System.Commerce.PublishAsync("commerce.order-completed", body, id, contentType);
        var run = await CliRun.RunAsync("validate", File("event.json", body), "--kind", "order-completed", "--json");

        var letter = (
            await Eventually.SeeAsync(
                () => Task.FromResult(shared.System.DeadLetters.All.FirstOrDefault(letter => letter.MessageId == id)),
                letter => letter is not null,
                "the dead letter"
            )
        )!;
        var said = run
            .Json.GetProperty("files")[0]
            .GetProperty("violations")
            .EnumerateArray()
            .Select(violation => $"{Text(violation, "field")} {Text(violation, "problem")}".Trim());
        Assert.Equal($"order-completed: {string.Join("; ", said)}", letter.Headers["loyalty-reason"]);
    }

    string File(string name, string content)
    {
        var file = Path.Combine(_folder.FullName, name);
        System.IO.File.WriteAllText(file, content);
        return file;
    }

    static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;
}
