using System.Text.Json;
using System.Text.Json.Nodes;
using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.RabbitMq.Read;
using MassTransit.Serialization;
using Xunit;

namespace Loyalty.Messaging.ContractTests.Contracts;

/// <summary>The files that other teams build on, held against the code that keeps them.</summary>
public sealed class When_the_contract_is_published
{
    public static TheoryData<string> Events => [.. Schemas.All.Keys];
    public static TheoryData<string> PublishedEvents =>
        [.. Schemas.All.Where(entry => !Schemas.IsIncoming(entry.Value)).Select(entry => entry.Key)];

    [Theory, MemberData(nameof(Events))]
    public void The_schemas_are_what_the_records_say(string name) =>
        Approved.Matches($"contracts/events/{name}/v1/schema.json", Schemas.Of(name));

    [Theory, MemberData(nameof(PublishedEvents))]
    public void The_examples_of_what_we_publish_are_written_by_the_records(string name) =>
        Approved.Matches(
            $"contracts/events/{name}/v1/example.json",
            JsonSerializer.Serialize(Examples.Published[Schemas.All[name]], Examples.Json)
        );

    [Theory, MemberData(nameof(PublishedEvents))]
    public void The_examples_of_what_we_publish_can_be_read_whole(string name)
    {
        var text = Approved.Read($"contracts/events/{name}/v1/example.json");
        var read = JsonSerializer.Deserialize(text, Schemas.All[name], Examples.Json);
        Assert.Equal(text.TrimEnd(), JsonSerializer.Serialize(read, Schemas.All[name], Examples.Json));
    }

    [Theory, MemberData(nameof(Events))]
    public void The_examples_fit_their_schemas(string name)
    {
        var schema = JsonNode.Parse(PublishedSchemas.Text(name))!.AsObject();
        var example = JsonNode.Parse(Approved.Read($"contracts/events/{name}/v1/example.json"))!.AsObject();
        Assert.Null(PublishedSchemas.Refusal(name, JsonSerializer.SerializeToElement(example)));
        Assert.All(example, member => Assert.NotNull(schema["properties"]![member.Key]));
    }

    /// <summary>The bus has a serializer of its own: what it writes is what subscribers read.</summary>
    [Theory, MemberData(nameof(PublishedEvents))]
    public void What_the_bus_writes_fits_the_schema(string name)
    {
        var type = Schemas.All[name];
        // Answers to plain clients have a writer of their own: MassTransit's options write decimals as strings.
        var json = Schemas.Events.ContainsKey(name) ? SystemTextJsonMessageSerializer.Options : JsonSerializerOptions.Web;
        var written = JsonSerializer.SerializeToElement(Examples.Published[type], type, WireJson.Of(json));
        Assert.Null(PublishedSchemas.Refusal(name, written));
    }

    [Theory, MemberData(nameof(PublishedEvents))]
    public void No_example_holds_more_of_a_collector_number_than_its_end(string name) =>
        Assert.DoesNotMatch("(?<![0-9])8[0-9]{10}(?![0-9])", Approved.Read($"contracts/events/{name}/v1/example.json"));

    [Fact]
    public void The_examples_of_commerce_are_accepted()
    {
        var order = CommerceEvents.ReadOrderCompleted(
            File.ReadAllBytes(Path.Combine(Approved.Root, "contracts/examples/order-completed.json"))
        );
        var refund = CommerceEvents.ReadOrderRefunded(
            File.ReadAllBytes(Path.Combine(Approved.Root, "contracts/examples/order-refunded.json"))
        );

        Assert.Equal(order.OrderId, refund.OrderId);
        Assert.Equal(163.98m, order.Lines.Sum(line => line.Amount));
        Assert.Equal((1m, 81.99m), (refund.Lines.Single().Quantity, refund.Lines.Single().Amount));
    }

    [Theory]
    [InlineData("order-completed")]
    [InlineData("order-refunded")]
    public void There_is_one_example_of_each_of_commerce_s_events(string name) =>
        Assert.Equal(Approved.Read($"contracts/examples/{name}.json"), Approved.Read($"contracts/events/{name}/v1/example.json"));

    /// <summary>MassTransit's serializer writes decimals as strings; a publisher that uses it and our records is understood.</summary>
    [Fact]
    public void What_MassTransit_writes_of_our_records_is_read_back_the_same()
    {
        var order = CommerceEvents.ReadOrderCompleted(
            File.ReadAllBytes(Path.Combine(Approved.Root, "contracts/examples/order-completed.json"))
        );
        var refund = CommerceEvents.ReadOrderRefunded(
            File.ReadAllBytes(Path.Combine(Approved.Root, "contracts/examples/order-refunded.json"))
        );
        // A copy: any bus that is made in this process may change how the original writes.
        var options = new System.Text.Json.JsonSerializerOptions(MassTransit.Serialization.SystemTextJsonMessageSerializer.Options)
        {
            WriteIndented = false,
        };
        var orderBytes = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(order, options);
        Assert.Contains("\"amount\":\"", System.Text.Encoding.UTF8.GetString(orderBytes), StringComparison.Ordinal);
        Assert.Equivalent(order, CommerceEvents.ReadOrderCompleted(orderBytes, numbersAsText: true), strict: true);
        Assert.Equivalent(
            refund,
            CommerceEvents.ReadOrderRefunded(System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(refund, options), numbersAsText: true),
            strict: true
        );
        Assert.Throws<ContractViolationException>(() => CommerceEvents.ReadOrderCompleted(orderBytes));
    }
}
