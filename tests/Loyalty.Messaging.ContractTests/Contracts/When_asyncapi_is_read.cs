using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.RabbitMq.Broker;
using Xunit;

namespace Loyalty.Messaging.ContractTests.Contracts;

/// <summary>
/// contracts/asyncapi.yaml is written by hand; here it is held against the names, the records and the schemas. It keeps one key to a line,
/// so that this needs no YAML.
/// </summary>
public sealed partial class When_asyncapi_is_read
{
    static readonly string[] Lines = Approved.Read("contracts/asyncapi.yaml").Split('\n');

    [Fact]
    public void Every_exchange_and_every_command_queue_of_other_teams_is_there_and_nothing_else() =>
        Assert.Equal(
            Topology.Exchanges.Append(WireNames.InquireBalance).Order(StringComparer.Ordinal),
            Section("channels")
                .Select(line => Address().Match(line))
                .Where(match => match.Success && match.Groups[1].Value != "null")
                .Select(match => match.Groups[1].Value)
                .Order(StringComparer.Ordinal)
        );

    [Fact]
    public void Every_exchange_is_bound_as_it_is_declared()
    {
        foreach (var exchange in Topology.Exchanges)
            Assert.Contains(
                Section("channels"),
                line =>
                    line.Contains(
                        $"exchange: {{ name: {exchange}, type: fanout, durable: true, autoDelete: false }}",
                        StringComparison.Ordinal
                    )
            );
        Assert.Contains(
            Section("channels"),
            line =>
                line.Contains(
                    $"queue: {{ name: {WireNames.InquireBalance}, durable: true, exclusive: false, autoDelete: false }}",
                    StringComparison.Ordinal
                )
        );
    }

    /// <summary>By way of channel and message to the schema's title, which is the record's name.</summary>
    [Fact]
    public void What_comes_through_an_exchange_is_the_record_that_the_code_says()
    {
        var expected = WireNames.Published.ToDictionary(entry => entry.Value, entry => entry.Key.Name);
        expected[WireNames.OrderCompleted] = nameof(OrderCompleted);
        expected[WireNames.OrderRefunded] = nameof(OrderRefunded);
        expected[WireNames.InquireBalance] = nameof(InquireBalance);
        foreach (var (address, record) in expected)
        {
            var channel = Lines
                .SkipWhile(line => line != $"    address: {address}")
                .TakeWhile(line => line.StartsWith("    ", StringComparison.Ordinal));
            var message = Message(
                MessageReference().Match(Assert.Single(channel, line => MessageReference().IsMatch(line))).Groups[1].Value
            );
            Assert.Contains($"      name: {record}", message);
            Assert.Equal(record, JsonNode.Parse(Approved.Read(SchemaOf(message)))!["title"]!.GetValue<string>());
        }
    }

    [Fact]
    public void Every_schema_and_its_example_is_referenced_and_every_reference_leads_somewhere()
    {
        var schemas = Lines
            .Select(line => SchemaReference().Match(line))
            .Where(match => match.Success)
            .Select(match => match.Groups[1].Value)
            .ToList();
        var examples = Lines
            .Select(line => ExampleReference().Match(line))
            .Where(match => match.Success)
            .Select(match => match.Groups[1].Value)
            .ToList();
        Assert.Equal(Schemas.All.Keys.Order(StringComparer.Ordinal), schemas.Order(StringComparer.Ordinal));
        Assert.Equal(schemas, examples);
        var folders = Directory.GetDirectories(Path.Combine(Approved.Root, "contracts", "events")).Select(Path.GetFileName);
        Assert.Equal(schemas.Order(StringComparer.Ordinal), folders.Order(StringComparer.Ordinal)!);

        var keys = Lines.Where(line => Key().IsMatch(line)).Select(line => Key().Match(line).Groups[1].Value).ToHashSet();
        Assert.All(Lines.SelectMany(line => InnerReference().Matches(line)), reference => Assert.Contains(reference.Groups[1].Value, keys));
    }

    [Fact]
    public void Every_channel_is_used_by_an_operation()
    {
        var used = Section("operations").SelectMany(line => ChannelReference().Matches(line)).Select(match => match.Groups[1].Value);
        var channels = Section("channels").Where(line => line.Length > 2 && line[2] != ' ').Select(line => line.Trim().TrimEnd(':'));
        Assert.Equal(channels.Order(StringComparer.Ordinal), used.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_dead_letters_headers_are_those_that_are_written()
    {
        var written = typeof(DeadLetterHeaders).GetFields().Select(field => (string)field.GetRawConstantValue()!).ToList();
        var named = Message("deadLetter")
            .Select(line => Header().Match(line))
            .Where(match => match.Success)
            .Select(match => match.Groups[1].Value)
            .ToList();
        Assert.Equal(
            written.Where(name => name.StartsWith("loyalty-", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
            named.Order(StringComparer.Ordinal)
        );
        // The broker writes no header of ours on what it gives up itself.
        var kinds = written
            .Where(name => !name.StartsWith("loyalty-", StringComparison.Ordinal))
            .Except([DeadLetterHeaders.NoMessageId, DeadLetterHeaders.DeliveryLimit]);
        Assert.Contains(Message("deadLetter"), line => line.Contains($"enum: [{string.Join(", ", kinds)}]", StringComparison.Ordinal));
    }

    static List<string> Section(string name) =>
        [.. Lines.SkipWhile(line => line != $"{name}:").Skip(1).TakeWhile(line => line.Length == 0 || line[0] == ' ')];

    static List<string> Message(string key) =>
        [
            .. Section("components")
                .SkipWhile(line => line != $"    {key}:")
                .Skip(1)
                .TakeWhile(line => line.StartsWith("      ", StringComparison.Ordinal)),
        ];

    static string SchemaOf(List<string> message) =>
        "contracts/events/"
        + SchemaReference().Match(Assert.Single(message, line => SchemaReference().IsMatch(line))).Groups[1].Value
        + "/v1/schema.json";

    [GeneratedRegex(@"^    address: (\S+)$")]
    private static partial Regex Address();

    [GeneratedRegex(@"#/components/messages/(\w+)""")]
    private static partial Regex MessageReference();

    [GeneratedRegex(@"#/channels/(\w+)""")]
    private static partial Regex ChannelReference();

    [GeneratedRegex(@"#/(?:channels|components/messages)/(\w+)""")]
    private static partial Regex InnerReference();

    [GeneratedRegex(@"\$ref: ""\./events/([a-z-]+)/v1/schema\.json""")]
    private static partial Regex SchemaReference();

    [GeneratedRegex(@"x-example: \./events/([a-z-]+)/v1/example\.json$")]
    private static partial Regex ExampleReference();

    [GeneratedRegex(@"^ {2}(?: {2})?(\w+):$")]
    private static partial Regex Key();

    [GeneratedRegex("^          (loyalty-[a-z-]+): ")]
    private static partial Regex Header();
}
