using System.Text;
using System.Text.Json.Nodes;
using Loyalty.Messaging.Contracts;
using Xunit;

namespace Loyalty.Messaging.ContractTests.Contracts;

/// <summary>A schema that accepts what the worker refuses, or the other way round, is a lie: both are asked about the same events.</summary>
public sealed class When_commerce_publishes
{
    static readonly string Long64 = new('a', 64);

    /// <summary>A field of an example, what stands there instead (nothing: the field is taken out), and whether that is accepted.</summary>
    public static TheoryData<string, string, string?, bool> Changes
    {
        get
        {
            var data = new TheoryData<string, string, string?, bool>();
            foreach (var key in (string[])["order-completed:orderId", "order-refunded:orderId", "order-refunded:refundId"])
                Add(data, key, accepted: [Quoted(Long64), "\"a.B_1:/-\""], refused: [null, "null", "7", "\"\"", "\"a b\"", Quoted(Long64 + "a"), "\"a\\n\""]);
            foreach (var instant in (string[])["order-completed:completedAt", "order-refunded:refundedAt"])
                Add(data, instant, accepted: ["\"2026-11-21T15:04Z\"", "\"2026-11-21T15:04:05.123456789-0500\""],
                    refused: [null, "null", "\"2026-11-21T15:04:05\"", "\"2026-11-21\"", "\"2026-11-21T15:04:05.1234567890Z\"", "1763000000"]);
            Add(data, "order-completed:eventId", accepted: [null, "null", Quoted(Long64), "\"\""], refused: ["7", Quoted(Long64 + "a")]);
            Add(data, "order-completed:collectorNumber", accepted: ["\"80000000000\""], refused: [null, "80085102028", "\"8008510202\"", "\"70085102028\"", "\"800851020288\""]);
            Add(data, "order-completed:sponsorCode", accepted: [null, "null", "\"ABCD1234\""], refused: ["\"\"", "\"ABCD12345\"", "\"AB-1\""]);
            Add(data, "order-completed:locationCode", accepted: ["\"1\""], refused: [null, "null", "37", "\"\"", "\"123456789\""]);
            Add(data, "order-completed:deviceId", accepted: [null, Quoted(Long64)], refused: [Quoted(Long64 + "a")]);
            Add(data, "order-completed:currency", accepted: [null, "\"USD\""], refused: ["\"cad\"", "\"CADX\""]);
            Add(data, "order-completed:coupons", accepted: [null, "null", "[]", $"[{Quoted(Long64)}]", Many(100, "\"c\"")], refused: ["[\"\"]", "[1]", "\"c\"", Many(101, "\"c\"")]);
            Add(data, "order-completed:context", accepted: [null, "{}", $$"""{"k":"{{new string('v', 1024)}}"}"""],
                refused: ["[]", """{"k":1}""", $$"""{"k":"{{new string('v', 1025)}}"}""", $$"""{"{{Long64}}k":"v"}"""]);
            Add(data, "order-completed:lines", accepted: [], refused: [null, "null", "[]", "{}", "[1]"]);
            Add(data, "order-completed:lines.0.lineId", accepted: [], refused: [null, "\"\"", "1", Quoted(Long64 + "a")]);
            Add(data, "order-completed:lines.0.sku", accepted: [null, "\"\""], refused: ["1", Quoted(Long64 + "a")]);
            Add(data, "order-completed:lines.0.category", accepted: [null], refused: ["1", Quoted(Long64 + "a")]);
            Add(data, "order-completed:lines.0.quantity", accepted: ["0.5", "10000000"], refused: [null, "0", "-1", "10000000.5", "\"2\""]);
            Add(data, "order-completed:lines.0.amount", accepted: ["0", "10000000"], refused: [null, "-0.01", "10000001", "\"2\""]);
            Add(data, "order-completed:issuances", accepted: [null, "[]", Offer(), Offer("\"offerId\":12"), Offer("\"offerId\":\"x\""), Offer("\"lineIds\":[\"1\"]"), Offer("\"lineIds\":null")],
                refused: ["{}", "[{}]", Offer("\"offerId\":1.5"), Offer("\"offerDescription\":1"), Offer("\"lineIds\":[\"\"]"),
                    """[{"issuanceOfferCode":"A","milesAmount":0}]""", """[{"issuanceOfferCode":"A","milesAmount":1.5}]""", """[{"issuanceOfferCode":"","milesAmount":1}]"""]);
            Add(data, "order-completed:unknown", accepted: ["{\"any\":[1]}"], refused: []);
            Add(data, "order-refunded:lines", accepted: ["[{\"lineId\":\"1\"}]", "[{\"lineId\":\"1\",\"amount\":3}]"], refused: [null, "[]", "[{}]", "[{\"lineId\":\"1\",\"quantity\":0}]"]);
            Add(data, "order-refunded:full", accepted: [null, "null", "false"], refused: ["true", "1"]);
            Add(data, "order-refunded:issuances", accepted: [null, "[]"], refused: [Offer()]);
            Add(data, "inquire-balance:collectorNumber", accepted: ["\"80000000000\""], refused: [null, "null", "80085102028", "\"8008510202\"", "\"800851020288\""]);
            Add(data, "inquire-balance:amount", accepted: ["0", "16", "16.1", "10000000", "\"16.12\"", "\"7\""], refused: [null, "null", "-1", "10000001", "\"-1\"", "\"1.234\"", "\"\"", "\"1,5\"", "true"]);
            Add(data, "inquire-balance:cardEntryMode", accepted: ["\"SWIPE\"", "\"SCAN\"", "\"PREREGISTERED\""], refused: [null, "\"KEYED\"", "\"scan\"", "1"]);
            Add(data, "inquire-balance:instantMessage", accepted: [null, "null", "\"fr-CA\""], refused: ["\"french\"", "1"]);
            Add(data, "inquire-balance:sponsorCode", accepted: [null, "\"KENY\""], refused: ["\"\"", "\"ABCD12345\""]);
            Add(data, "inquire-balance:storeId", accepted: [null, "null", Quoted(Long64)], refused: ["\"\"", "\" \"", "37", Quoted(Long64 + "a")]);
            Add(data, "inquire-balance:deviceId", accepted: [null, Quoted(Long64)], refused: ["\"\"", Quoted(Long64 + "a")]);
            Add(data, "inquire-balance:unknown", accepted: ["1"], refused: []);
            Add(data, "order-refunded:reason", accepted: [null, Quoted(new string('r', 256))], refused: ["1", Quoted(new string('r', 257))]);
            return data;
        }
    }

    [Theory, MemberData(nameof(Changes))]
    public void The_schema_and_the_reader_say_the_same(string name, string field, string? value, bool accepted)
    {
        var example = JsonNode.Parse(Approved.Read($"contracts/events/{name}/v1/example.json"))!;
        Put(example, field.Split('.'), value);

        Assert.Equal(accepted, IsRead(name, example));
        Assert.Equal(accepted, SchemaCheck.Accepts(JsonNode.Parse(Schemas.Of(name))!.AsObject(), example));
    }

    /// <summary>Every field of the example, taken out or null: required in the schema is what the reader cannot do without.</summary>
    [Theory]
    [InlineData("order-completed")]
    [InlineData("order-refunded")]
    [InlineData("inquire-balance")]
    public void A_field_is_required_where_the_reader_demands_it(string name)
    {
        var schema = JsonNode.Parse(Approved.Read($"contracts/events/{name}/v1/schema.json"))!.AsObject();
        foreach (var path in Paths(JsonNode.Parse(Approved.Read($"contracts/events/{name}/v1/example.json"))!.AsObject(), ""))
            foreach (var value in (string?[])[null, "null"])
            {
                var example = JsonNode.Parse(Approved.Read($"contracts/events/{name}/v1/example.json"))!;
                Put(example, path.Split('.'), value);
                Assert.True(IsRead(name, example) == SchemaCheck.Accepts(schema, example), $"{path} {value ?? "taken out"}: schema and reader differ");
            }
    }

    static IEnumerable<string> Paths(JsonNode node, string at) => node switch
    {
        JsonObject members => members.SelectMany(member => (string[])[$"{at}{member.Key}", .. member.Value is null ? [] : Paths(member.Value, $"{at}{member.Key}.")]),
        JsonArray items => items.SelectMany((item, index) => item is JsonObject ? Paths(item, $"{at}{index}.") : []),
        _ => [],
    };

    static bool IsRead(string name, JsonNode value)
    {
        try
        {
            var body = Encoding.UTF8.GetBytes(value.ToJsonString());
            _ = name switch
            {
                "order-completed" => (object)CommerceEvents.ReadOrderCompleted(body),
                "order-refunded" => CommerceEvents.ReadOrderRefunded(body),
                _ => BalanceInquiries.Read(body),
            };
            return true;
        }
        catch (ContractViolationException)
        {
            return false;
        }
    }

    static void Put(JsonNode node, ReadOnlySpan<string> path, string? value)
    {
        for (; path.Length > 1; path = path[1..])
            node = int.TryParse(path[0], out var index) ? node[index]! : node[path[0]]!;
        if (value is null)
            node.AsObject().Remove(path[0]);
        else
            node[path[0]] = JsonNode.Parse(value);
    }

    static void Add(TheoryData<string, string, string?, bool> data, string at, string?[] accepted, string?[] refused)
    {
        var (name, field) = (at.Split(':')[0], at.Split(':')[1]);
        foreach (var value in accepted)
            data.Add(name, field, value, true);
        foreach (var value in refused)
            data.Add(name, field, value, false);
    }

    static string Quoted(string text) => $"\"{text}\"";

    static string Many(int count, string item) => $"[{string.Join(',', Enumerable.Repeat(item, count))}]";

    static string Offer(string? more = null) => $$"""[{"issuanceOfferCode":"A","milesAmount":1{{(more is null ? "" : "," + more)}}}]""";
}
