using System.Text.Json;
using System.Text.Json.Nodes;
using Loyalty.Messaging.AcceptanceTests.Ops;
using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.Cli;

[Collection(nameof(RunningSite))]
public sealed class When_loyalty_meets_a_running_system(RunningSite site)
{
    readonly LoyaltySystem _system = site.System;

    [Fact]
    public async Task An_event_that_breaks_the_contract_is_named_and_nothing_is_published()
    {
        await using var heard = new Listener(_system.Vhost, "commerce.order-completed", "commerce.order-refunded");
        await heard.StartAsync();
        var broken = Path.GetTempFileName();
        try
        {
            var order = JsonNode.Parse(await File.ReadAllTextAsync(Order))!.AsObject();
            order.Remove("locationCode");
            order["lines"]![0]!["quantity"] = "two";
            await File.WriteAllTextAsync(broken, order.ToJsonString());
            // The refund before it is valid: all are, or none goes out.
            var plain = await site.LoyaltyAsync("publish", Refund, broken);
            var json = await site.LoyaltyAsync("publish", Refund, broken, "--json");

            Assert.Equal((1, 1), (plain.ExitCode, json.ExitCode));
            Assert.Contains($"{broken}: locationCode", plain.Errors, StringComparison.Ordinal);
            Assert.Contains($"{broken}: lines[0].quantity", plain.Errors, StringComparison.Ordinal);
            Assert.Equal(
                ["lines[0].quantity", "locationCode"],
                json.Json.GetProperty("violations")
                    .EnumerateArray()
                    .Select(violation => violation.GetProperty("field").GetString())
                    .Order(StringComparer.Ordinal)
            );
            Assert.NotEmpty(json.Json.GetProperty("error").GetString()!);
        }
        finally
        {
            File.Delete(broken);
        }
        // What comes after it is the first that is heard.
        await _system.Commerce.CompleteAsync(Commerce.Order("CLI-1", "80072000010"));
        await Eventually.SeeAsync(() => Task.FromResult(heard.All.Count), count => count > 0, "an event");
        Assert.Contains("CLI-1", Assert.Single(heard.All).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ \"orderId\": \"W-1\"", "is not valid JSON")]
    [InlineData("[]", "must hold one JSON object")]
    [InlineData("{ \"orderId\": \"W-1\" }", "neither an order-completed event")]
    [InlineData(null, "cannot be read")]
    public async Task A_file_that_is_no_event_is_refused(string? content, string sentence)
    {
        var file = Path.GetTempFileName();
        try
        {
            if (content is null)
                File.Delete(file);
            else
                await File.WriteAllTextAsync(file, content);
            var run = await site.LoyaltyAsync("publish", file);
            Assert.Equal((1, ""), (run.ExitCode, run.Printed));
            Assert.StartsWith($"{file}: ", run.Errors, StringComparison.Ordinal);
            Assert.Contains(sentence, run.Errors, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Both_examples_are_published_under_new_ids_and_settle()
    {
        var run = await site.LoyaltyAsync("publish", Order, Refund, "--fresh", "--json");
        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        var published = run.Json.GetProperty("published").EnumerateArray().ToList();
        Assert.Equal(["commerce.order-completed", "commerce.order-refunded"], published.Select(file => Text(file, "exchange")));
        var (orderId, refundId) = (Text(published[0], "orderId"), Text(published[1], "refundId"));
        Assert.Equal(orderId, Text(published[1], "orderId"));
        Assert.StartsWith("W-1001-", orderId, StringComparison.Ordinal);

        await _system.OrderIsAsync(orderId, "Issued");
        await _system.RefundIsAsync(refundId, "Reversed");
        Assert.Equal(
            4,
            Assert.Single(await _system.Issuer.LedgerAsync(), effect => effect.OriginalClientTransactionId == $"I-{orderId}").Miles
        );
    }

    [Fact]
    public async Task Without_new_ids_the_file_goes_out_byte_for_byte()
    {
        await using var heard = new Listener(_system.Vhost, "commerce.order-completed");
        await heard.StartAsync();
        var run = await site.LoyaltyAsync("publish", Order);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal($"{Order}: published to commerce.order-completed (order W-1001)", run.Printed.Trim());
        await Eventually.SeeAsync(() => Task.FromResult(heard.All.Count), count => count > 0, "the event");
        var example = await File.ReadAllTextAsync(Order);
        Assert.Equal(
            (example, JsonNode.Parse(example)!["eventId"]!.GetValue<string>()),
            (heard.All.First().Text, heard.All.First().MessageId)
        );
        await _system.OrderIsAsync("W-1001", "Issued");
    }

    [Fact]
    public async Task An_order_is_shown_to_a_person_and_to_a_program()
    {
        await _system.Commerce.CompleteAsync(Commerce.Order("CLI-2", "80072000020"));
        await _system.OrderIsAsync("CLI-2", "Issued");
        await _system.Commerce.RefundAsync(Commerce.Refund("CLF-2", "CLI-2"));
        await _system.RefundIsAsync("CLF-2", "Reversed");
        await Eventually.SeeAsync(
            () => site.OrderAsync("CLI-2"),
            order => RunningSite.Entries(order, "waiting").Count == 0,
            "nothing to wait in the outbox"
        );

        var person = await site.LoyaltyAsync("orders", "show", "CLI-2");
        Assert.Equal((0, ""), (person.ExitCode, person.Errors));
        var lines = person
            .Printed.Split('\n')
            .Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Trim())
            .ToList();
        Assert.Contains("Order CLI-2", lines);
        Assert.Contains("State Issued", lines);
        Assert.Contains("Miles 8, of which 4 for refunds", lines);
        Assert.Contains("Collector *******0020", lines);
        Assert.Contains(lines, line => line.StartsWith("CLF-2 Reversed 4 R-CLF-2 / ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.EndsWith(" Issuing → Issued", StringComparison.Ordinal));
        Assert.DoesNotMatch(RunningSite.WholeCollectorNumber(), person.Printed);

        var program = await site.LoyaltyAsync("orders", "show", "CLI-2", "--json");
        Assert.Equal((0, ""), (program.ExitCode, program.Errors));
        Assert.True(JsonElement.DeepEquals(await site.OrderAsync("CLI-2"), program.Json));
    }

    [Fact]
    public async Task What_the_site_refuses_is_a_1_with_the_sites_sentence()
    {
        var unknown = await site.LoyaltyAsync("orders", "show", "never/seen");
        var locked = await site.LoyaltyAsync("orders", "show", "CLI-2", "--key", "the-key-of-nobody", "--json");
        var away = await site.LoyaltyAsync("orders", "show", "CLI-2", "--ops", $"http://127.0.0.1:{Ports.Next()}");
        Assert.Equal((1, 1, 1), (unknown.ExitCode, locked.ExitCode, away.ExitCode));
        Assert.Equal("There is no order never/seen, nor a refund of it", unknown.Errors.Trim());
        Assert.Contains("A key is needed", locked.Json.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal("", locked.Errors);
        Assert.Contains("cannot be reached", away.Errors, StringComparison.Ordinal);
    }

    static string Order => When_loyalty_is_run.Example("order-completed");

    static string Refund => When_loyalty_is_run.Example("order-refunded");

    static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
