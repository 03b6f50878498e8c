using System.Text.Json;
using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.BadInput;

public sealed class When_an_event_breaks_the_contract
{
    [Fact]
    public async Task It_ends_in_the_dead_letters_with_the_field_named_and_its_neighbours_are_served()
    {
        await using var system = await LoyaltySystem.StartAsync();
        var bad = new (string Name, string Field, string Body)[]
        {
            ("invalid JSON", "collectorNumber", """{ "orderId": "bad-1", "collectorNumber": 80085102028x }"""),
            ("no JSON at all", "The body", "this is no JSON"),
            ("a missing field", "locationCode", Without("bad-2", "locationCode")),
            ("neither lines nor issuances", "lines", Without("bad-3", "lines")),
            (
                "a wrong type",
                "lines[0].quantity",
                Order("bad-4").Replace("\"quantity\":2", "\"quantity\":\"two\"", StringComparison.Ordinal)
            ),
            (
                "a collector number of ten digits",
                "collectorNumber",
                Order("bad-5").Replace("80085102028", "8008510202", StringComparison.Ordinal)
            ),
            ("an amount of NaN", "lines[0].amount", Order("bad-6").Replace("163.98", "NaN", StringComparison.Ordinal)),
            ("an amount of \"NaN\"", "lines[0].amount", Order("bad-7").Replace("163.98", "\"NaN\"", StringComparison.Ordinal)),
            (
                "five megabytes of context",
                "context.note",
                Order("bad-8").Replace("\"channel\":\"web\"", $"\"note\":\"{new string('x', 5_000_000)}\"", StringComparison.Ordinal)
            ),
            ("a date without an offset", "completedAt", Order("bad-9").Replace("-05:00", "", StringComparison.Ordinal)),
            ("half a surrogate pair", "deviceId", Order("bad-10").Replace("POS-7", "\\ud800", StringComparison.Ordinal)),
            (
                "an amount that is 0 only when it is rounded",
                "lines[0].amount",
                Order("bad-11").Replace("163.98", "1e-400", StringComparison.Ordinal)
            ),
            (
                "a field twice",
                "collectorNumber",
                Order("bad-12")
                    .Replace("\"locationCode\"", "\"collectorNumber\":\"80085102028\",\"locationCode\"", StringComparison.Ordinal)
            ),
            ("an id that no address can show", "orderId", Order("..")),
            ("a NUL in a stock number", "lines[0].sku", Order("bad-13").Replace("SKU-1", "SKU\\u0000", StringComparison.Ordinal)),
            ("a NUL in a note's name", "context", Order("bad-14").Replace("\"channel\"", "\"chan\\u0000nel\"", StringComparison.Ordinal)),
            ("UTF-16", "UTF-16", string.Join('\0', Order("bad-15").AsEnumerable()) + "\0"),
            ("deep nesting", "", string.Concat(Enumerable.Repeat("[", 5000))),
        };

        for (var number = 0; number < bad.Length; number++)
        {
            await system.Commerce.CompleteAsync(Commerce.Order($"good-{number}", $"8009{number:0000000}"));
            await system.Commerce.PublishAsync("commerce.order-completed", bad[number].Body, messageId: $"bad-message-{number}");
        }

        for (var number = 0; number < bad.Length; number++)
            await system.OrderIsAsync($"good-{number}", "Issued");
        await Eventually.SeeAsync(
            () => Task.FromResult(system.DeadLetters.All.Count),
            count => count >= bad.Length,
            "every bad event in the dead letters"
        );
        foreach (var (name, field, body) in bad)
        {
            var letter = Assert.Single(system.DeadLetters.All, letter => letter.Text == body);
            Assert.Equal("invalid", letter.Headers["loyalty-kind"]);
            Assert.True(
                letter.Headers["loyalty-reason"].Contains(field, StringComparison.Ordinal),
                $"{name}: {letter.Headers["loyalty-reason"]}"
            );
            Assert.StartsWith("bad-message-", letter.MessageId, StringComparison.Ordinal);
            Assert.True(letter.Headers.Sum(header => header.Key.Length + header.Value.Length) < 4096, $"{name}: headers above 4 KB");
        }
        await Agreement.HoldsAsync(system);
        Assert.Equal(bad.Length, system.DeadLetters.All.Count);
        Assert.False(system.Applications[0].HasExited);
    }

    static string Order(string orderId) => JsonSerializer.Serialize(Commerce.Order(orderId));

    static string Without(string orderId, string field)
    {
        var order = Commerce.Order(orderId);
        order.Remove(field);
        return JsonSerializer.Serialize(order);
    }
}
