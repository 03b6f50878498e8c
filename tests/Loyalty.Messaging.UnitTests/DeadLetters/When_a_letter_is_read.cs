using System.Text;
using System.Text.Json;
using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.DeadLetters.Collecting;
using Loyalty.Messaging.RabbitMq.DeadLetters;
using Loyalty.Messaging.Store.DeadLetters;
using Xunit;

namespace Loyalty.Messaging.UnitTests.DeadLetters;

/// <summary>Anybody may put anything into the dead letters: nothing in it keeps it from becoming a row.</summary>
public sealed class When_a_letter_is_read
{
    static readonly UTF8Encoding Strict = new(false, true);
    static readonly DateTimeOffset Now = DateTimeOffset.Parse("2026-11-25T12:00:00Z", null);

    [Fact]
    public void What_it_says_of_itself_is_kept()
    {
        var letter = Read(
            """{"orderId":"W-1","refundId":"RF-1"}""",
            new()
            {
                [DeadLetterHeaders.Kind] = "invalid",
                [DeadLetterHeaders.Endpoint] = "loyalty.reversal",
                [DeadLetterHeaders.Exchange] = WireNames.OrderRefunded,
                [DeadLetterHeaders.Reason] = "of 80085102028: lines is required",
                [DeadLetterHeaders.At] = "2026-11-25T11:59:00Z",
                ["sender"] = "commerce",
            },
            "m-1"
        ).Letter;
        Assert.Equal(
            ("invalid", "commerce", "loyalty.reversal", "OrderRefunded", "m-1"),
            (letter.Kind, letter.Owner, letter.Endpoint, letter.MessageType, letter.MessageId)
        );
        Assert.Equal(("W-1", "RF-1", "of *******2028: lines is required"), (letter.OrderId, letter.RefundId, letter.Reason));
        Assert.Equal(Now.AddMinutes(-1), letter.LastFailedAt);
        Assert.Contains("\"sender\":\"commerce\"", letter.Headers, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_message_in_the_same_queue_is_the_same_letter_replayed_or_not()
    {
        var first = Read("""{"orderId":"W-1"}""", new() { [DeadLetterHeaders.Endpoint] = "loyalty.issuance" }, "m-1").Letter;
        var again = Read(
            """{"orderId":"W-1"}""",
            new() { [DeadLetterHeaders.Endpoint] = "loyalty.issuance", [DeadLetterHeaders.MessageId] = "m-1" },
            Guid.NewGuid().ToString()
        ).Letter;
        Assert.Equal((first.Id, first.MessageId), (again.Id, again.MessageId));
        var nameless = Read("""{"orderId":"W-1"}""", new() { [DeadLetterHeaders.Endpoint] = "loyalty.issuance" }).Letter;
        var namelessAgain = Read(
            """{"orderId":"W-1"}""",
            new() { [DeadLetterHeaders.Endpoint] = "loyalty.issuance", [DeadLetterHeaders.MessageId] = DeadLetterHeaders.NoMessageId },
            "of the way"
        ).Letter;
        Assert.Equal((nameless.Id, null), (namelessAgain.Id, namelessAgain.MessageId));
        Assert.Distinct([
            first.Id,
            nameless.Id,
            Read("""{"orderId":"W-2"}""", new() { [DeadLetterHeaders.Endpoint] = "loyalty.issuance" }, "m-1").Letter.Id,
            Read("""{"orderId":"W-1"}""", new() { [DeadLetterHeaders.Endpoint] = "loyalty.reversal" }, "m-1").Letter.Id,
        ]);
    }

    [Fact]
    public void What_the_broker_says_of_it_stands_where_it_says_nothing_itself()
    {
        var letter = Read(
            """{"orderId":"W-1"}""",
            Died(
                ("reason", "delivery_limit"),
                ("queue", "loyalty.issuance-02"),
                ("exchange", "commerce.order-completed"),
                ("time", "2026-11-25T11:00:00Z")
            )
        ).Letter;
        Assert.Equal(
            ("delivery-limit", "us", "loyalty.issuance-02", "commerce.order-completed", "OrderCompleted"),
            (letter.Kind, letter.Owner, letter.Endpoint, letter.Exchange, letter.MessageType)
        );
        Assert.StartsWith("It was delivered too often", letter.Reason, StringComparison.Ordinal);
        Assert.Equal(Now.AddHours(-1), letter.LastFailedAt);
        Assert.Equal("The broker gave it up: maxlen", Read("", Died(("reason", "maxlen"))).Letter.Reason);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("text")]
    [InlineData(7L)]
    public void A_death_that_is_none_is_passed_over(object? death)
    {
        foreach (
            var value in (object?[])
                [
                    death,
                    new List<object?>(),
                    new List<object?> { death },
                    new List<object?>
                    {
                        new Dictionary<string, object?>
                        {
                            ["reason"] = 1L,
                            ["queue"] = death,
                            ["time"] = "never",
                        },
                    },
                ]
        )
        {
            var letter = Read("{}", new() { ["x-death"] = value }).Letter;
            Assert.NotEmpty(letter.Reason);
            Assert.Equal(Now, letter.LastFailedAt);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("no JSON at all")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"orderId\":7,\"message\":[1],\"messageType\":[{}]}")]
    [InlineData("{\"orderId\":\"\\ud800\"}")]
    [InlineData("{\"orderId\":\"a\",\"orderId\":\"b\",\"body\":\"//8=\"}")]
    [InlineData("{\"orderId\":\"a\\u0000b\"}")]
    [InlineData("{\"refund\":{\"refundId\":\"r\"},\"messageType\":[\"urn:message:Some:\"]}")]
    public void Any_body_becomes_a_row(string body)
    {
        foreach (var exchange in (string?[])[null, WireNames.OrderCompleted, WireNames.OrderRefunded, "another"])
            AssertFits(
                Read(body, new() { [DeadLetterHeaders.Exchange] = exchange, [DeadLetterHeaders.Endpoint] = "loyalty.issuance" }, "m\0id")
            );
    }

    [Fact]
    public void Bytes_that_are_no_text_become_a_row()
    {
        byte[] body = [0xFF, 0xFE, 0x00, 0x80, .. "{\"orderId\":\"W-1\"}"u8];
        AssertFits(LetterReader.Of(new GivenUpMessage(null, "application/octet-stream\0", new Dictionary<string, object?>(), body), Now));
        AssertFits(
            LetterReader.Of(
                new GivenUpMessage(null, null, new Dictionary<string, object?>(), [.. "{\"orderId\":\""u8, 0xFF, 0xFE, .. "\"}"u8]),
                Now
            )
        );
        AssertFits(Read(string.Concat(Enumerable.Repeat("[", 5000)), []));
    }

    [Fact]
    public void Headers_are_kept_as_far_as_the_database_can_hold_them()
    {
        var deep = new Dictionary<string, object?> { ["end"] = 1L };
        for (var level = 0; level < 500; level++)
            deep = new() { ["in"] = new List<object?> { deep } };
        var letter = Read(
            "{}",
            new()
            {
                ["a\0"] = "x\0y",
                ["a\uFFFD"] = "the same name now",
                ["number"] = double.NaN,
                ["table"] = new Dictionary<string, object?>
                {
                    ["b\0"] = new List<object?> { "z\0", float.PositiveInfinity, null },
                },
                ["deep"] = deep,
                ["huge"] = new string('-', 100_000),
            }
        );
        AssertFits(letter);
        Assert.Contains("huge", letter.Letter.Headers, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reason_has_an_end()
    {
        // Long enough that grouping by it would take minutes.
        var letter = Read(
            "{}",
            new()
            {
                [DeadLetterHeaders.Reason] = new string('-', 120_000),
                [DeadLetterHeaders.Endpoint] = new string('e', 120_000),
                [DeadLetterHeaders.Exception] = new string('x', 120_000),
            }
        );
        AssertFits(letter);
        Assert.InRange(letter.Letter.Reason.Length, 1, 4096);
        Assert.InRange(letter.Letter.Endpoint.Length, 1, 256);
        Assert.InRange(letter.Letter.Exception!.Length, 1, 256);
    }

    [Fact]
    public void It_is_searched_by_what_may_be_shown_of_it()
    {
        var text = Read(
            """{"orderId":"W-Ä1","collectorNumber":"80085102028"}""",
            new() { [DeadLetterHeaders.Reason] = "No SUCH location", ["sender"] = "of 80085102028" },
            "M-1"
        ).Text;
        foreach (var part in (string[])["w-ä1", "m-1", "no such location", "sender: of *******2028"])
            Assert.Contains(part, text, StringComparison.Ordinal);
        Assert.DoesNotContain("80085102028", text, StringComparison.Ordinal);
        Assert.InRange(Read(new string('z', 1_000_000), []).Text.Length, 1, 4096);
    }

    [Fact]
    public void What_is_cut_ends_with_a_whole_character()
    {
        var carts = string.Concat(Enumerable.Repeat("🛒", 5000));
        foreach (var text in (string[])[carts, "x" + carts])
            AssertFits(
                Read(
                    text,
                    new()
                    {
                        [DeadLetterHeaders.Reason] = text,
                        [DeadLetterHeaders.Endpoint] = text,
                        [DeadLetterHeaders.MessageId] = text,
                        ["sender"] = text,
                    }
                )
            );
    }

    /// <summary>PostgreSQL's text and jsonb take everything but NUL.</summary>
    static void AssertFits(TakenLetter taken)
    {
        var letter = taken.Letter;
        foreach (
            var text in (string?[])
                [
                    letter.Endpoint,
                    letter.Exchange,
                    letter.MessageType,
                    letter.MessageId,
                    letter.ContentType,
                    letter.Reason,
                    letter.Exception,
                    letter.OrderId,
                    letter.RefundId,
                    letter.Kind,
                    taken.Text,
                ]
        )
        {
            Assert.DoesNotContain('\0', text ?? "");
            // As it goes to the database, which takes no half characters either.
            Strict.GetBytes(text ?? "");
        }
        Assert.DoesNotContain("\\u0000", letter.Headers, StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(letter.Headers).RootElement.ValueKind);
        Assert.NotEqual(Guid.Empty, letter.Id);
        Assert.NotEmpty(letter.Reason);
    }

    static Dictionary<string, object?> Died(params (string Name, object? Value)[] facts) =>
        new() { ["x-death"] = new List<object?> { facts.ToDictionary(fact => fact.Name, fact => fact.Value) } };

    static TakenLetter Read(string body, Dictionary<string, object?> headers, string? messageId = null) =>
        LetterReader.Of(new GivenUpMessage(messageId, "application/json", headers, Encoding.UTF8.GetBytes(body)), Now);
}
