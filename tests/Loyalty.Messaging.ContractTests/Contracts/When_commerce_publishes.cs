using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.ContractTests.Contracts;

/// <summary>
/// A schema that accepts what the worker refuses, or the other way round, is a lie: everybody is asked about the same bodies.
/// </summary>
public sealed class When_commerce_publishes
{
    static readonly Dictionary<string, Case> ByName = Cases.All.ToDictionary(example => example.Name);
    static readonly Lazy<Task<Dictionary<string, string?>>> Ajv = new(AskAjvAsync);
    static readonly Lazy<Task<Dictionary<string, bool>>> Validated = new(AskLoyaltyAsync);

    public static TheoryData<string> Names => [.. ByName.Keys];

    /// <summary>What <c>loyalty validate</c> knows; it knows no inquiries.</summary>
    public static TheoryData<string> Events => [.. Cases.All.Where(IsEvent).Select(example => example.Name)];

    [Theory, MemberData(nameof(Names))]
    public void The_reader_accepts_or_refuses(string name)
    {
        var refusal = ReadersRefusal(ByName[name]);
        Assert.True(ByName[name].Accepted == (refusal is null), refusal?.Message ?? "was accepted");
        // No field is named without a word on it, and no name holds what a log could not.
        Assert.All(
            refusal?.Violations ?? [],
            violation => Assert.True(violation.Problem.Length > 0 && !violation.ToString().Any(char.IsControl), violation.ToString())
        );
    }

    [Theory, MemberData(nameof(Names))]
    public void The_schema_says_the_same(string name)
    {
        var refusal = PublishedSchemas.Refusal(ByName[name].Event, ByName[name].Body);
        // .NET has no text with half a surrogate pair that a schema could be asked about.
        var accepts = SchemaAccepts(ByName[name]) && ByName[name].OnlyTheReader != Cases.WholePairs;
        Assert.True(accepts == (refusal is null), refusal ?? "was accepted");
    }

    [Theory, MemberData(nameof(Names))]
    public async Task The_schema_says_the_same_in_JavaScript(string name)
    {
        var refusal = (await Ajv.Value)[name];
        Assert.True(SchemaAccepts(ByName[name]) == (refusal is null), refusal ?? "was accepted");
    }

    [Theory, MemberData(nameof(Events))]
    public async Task Loyalty_validate_says_the_same(string name) => Assert.Equal(ByName[name].Accepted, (await Validated.Value)[name]);

    /// <summary>In the words of contracts/README.md, which lists no others.</summary>
    [Fact]
    public void What_only_the_reader_demands_is_written_down()
    {
        Assert.Equal(
            Cases.OnlyTheReader.Order(StringComparer.Ordinal),
            Cases.All.Select(example => example.OnlyTheReader).OfType<string>().Distinct().Order(StringComparer.Ordinal)
        );
        var listed = Approved
            .Read("contracts/README.md")
            .Split('\n')
            .SkipWhile(line => !line.StartsWith("The schemas cannot say everything", StringComparison.Ordinal))
            .SkipWhile(line => !line.StartsWith("- ", StringComparison.Ordinal))
            .TakeWhile(line => line.StartsWith("- ", StringComparison.Ordinal))
            .Select(line => line[2..].TrimEnd(';', '.'));
        Assert.Equal(Cases.OnlyTheReader, listed);
    }

    /// <summary>Every field of the example, taken out or null: required in the schema is what the reader cannot do without.</summary>
    [Theory]
    [InlineData("order-completed")]
    [InlineData("order-refunded")]
    [InlineData("inquire-balance")]
    public void A_field_is_required_where_the_reader_demands_it(string name)
    {
        foreach (var path in Paths(JsonNode.Parse(Approved.Read($"contracts/events/{name}/v1/example.json"))!.AsObject(), ""))
        foreach (var isNull in (bool[])[false, true])
        {
            var example = JsonNode.Parse(Approved.Read($"contracts/events/{name}/v1/example.json"))!;
            Remove(example, path.Split('.'), isNull);
            var changed = new Case(name, path, JsonSerializer.SerializeToUtf8Bytes(example), true);
            Assert.True(
                ReadersRefusal(changed) is null == PublishedSchemas.Refusal(name, changed.Body) is null,
                $"{path} {(isNull ? "null" : "taken out")}: schema and reader differ"
            );
        }
    }

    [Theory]
    [InlineData("order-completed:orderId is \"..\"", "orderId must not be . or .., which no address can show")]
    [InlineData("order-completed with its first field twice, escaped once", "eventId is named more than once in its object")]
    [InlineData("order-completed with an amount twice", "lines[0].amount is named more than once in its object")]
    [InlineData("order-completed with a note twice", "context.channel is named more than once in its object")]
    [InlineData("order-completed with a field twice that is not known", "unknown.a is named more than once in its object")]
    [InlineData("order-completed in utf-16", "The body is UTF-16 or UTF-32; it must be sent as UTF-8")]
    [InlineData("order-completed in utf-16BE with a byte order mark", "The body is UTF-16 or UTF-32; it must be sent as UTF-8")]
    [InlineData(
        "order-completed in Latin-1",
        "unknown is not UTF-8 (line 1, byte 13); text in Latin-1 or Windows-1252 must be sent as UTF-8"
    )]
    [InlineData("order-completed:lines.0.amount is 1e-400", "lines[0].amount must have at most 6 decimal places")]
    [InlineData(
        "order-completed:lines.0.sku is \"a\\u0000b\"",
        "lines[0].sku holds the control character U+0000; of those only tab and line breaks are accepted"
    )]
    [InlineData("order-completed:lines.0.sku is \"\\ud800\"", "lines[0].sku holds half a surrogate pair, which is no text")]
    [InlineData("order-completed:context is {\"\\u009b2J\":\"v\"}", "context has a key with the control character U+009B")]
    [InlineData(
        "order-completed:context is {\"k\":\"\\u001b[2J\"}",
        "context.k holds the control character U+001B; of those only tab and line breaks are accepted"
    )]
    [InlineData(
        "order-completed:coupons is [\"a\\u0000b\"]",
        "coupons[0] holds the control character U+0000; of those only tab and line breaks are accepted"
    )]
    [InlineData("inquire-balance:storeId is \" \"", "storeId must not be blank")]
    public void The_reader_says_where_and_what(string name, string sentence) =>
        Assert.Equal($"{ByName[name].Event}: {sentence}", ReadersRefusal(ByName[name])!.Message);

    [Fact]
    public void Nesting_that_is_too_deep_is_called_so()
    {
        var tooDeep = Cases.All.Single(example => example.OnlyTheReader is { } rule && rule.Contains("nesting", StringComparison.Ordinal));
        Assert.EndsWith("nested more than 32 levels deep", ReadersRefusal(tooDeep)!.Message, StringComparison.Ordinal);
        // A mistake that comes first is the mistake.
        var broken = new Case(tooDeep.Event, "broken", [.. "{ \"orderId\": x, "u8, .. tooDeep.Body.AsSpan(1)], false);
        Assert.Contains("orderId is not valid JSON (line 1, byte 14)", ReadersRefusal(broken)!.Message, StringComparison.Ordinal);
    }

    /// <summary>A mistake that is made in every line is not told ten thousand times for one event.</summary>
    [Fact]
    public void What_a_body_breaks_costs_no_more_than_reading_it()
    {
        var ids = string.Join(',', Enumerable.Range(0, 1000).Select(id => $"\"no-{id}\""));
        var offers = string.Join(
            ',',
            Enumerable.Range(0, 50).Select(offer => $$"""{"issuanceOfferCode":"A{{offer}}","milesAmount":1,"lineIds":[{{ids}}]}""")
        );
        var order = JsonNode.Parse(Approved.Read("contracts/events/order-completed/v1/example.json"))!;
        order["issuances"] = JsonNode.Parse($"[{offers}]");
        var refusal = ReadersRefusal(new Case("order-completed", "many", JsonSerializer.SerializeToUtf8Bytes(order), false));
        Assert.Equal("issuances name lineId no-0, which is not among the lines", Assert.Single(refusal!.Violations).ToString());
    }

    static bool SchemaAccepts(Case example) => example.Accepted || example.OnlyTheReader is not null;

    static bool IsEvent(Case example) => example.Event != "inquire-balance";

    static ContractViolationException? ReadersRefusal(Case example)
    {
        try
        {
            _ = example.Event switch
            {
                "order-completed" => (object)CommerceEvents.ReadOrderCompleted(example.Body),
                "order-refunded" => CommerceEvents.ReadOrderRefunded(example.Body),
                _ => BalanceInquiries.Read(example.Body),
            };
            return null;
        }
        catch (ContractViolationException violation)
        {
            return violation;
        }
    }

    static async Task<Dictionary<string, string?>> AskAjvAsync()
    {
        var schemas = Cases.All.Select(example => example.Event).Distinct().ToDictionary(name => name, PublishedSchemas.Text);
        var verdicts = await Linters.AjvAsync(schemas, Cases.All.Select(example => (example.Event, example.Body)));
        return Cases.All.Zip(verdicts).ToDictionary(pair => pair.First.Name, pair => pair.Second);
    }

    static async Task<Dictionary<string, bool>> AskLoyaltyAsync()
    {
        var folder = Directory.CreateTempSubdirectory("loyalty-cases-");
        try
        {
            var verdicts = new Dictionary<string, bool>();
            foreach (var kind in Cases.All.Where(IsEvent).GroupBy(example => example.Event))
            {
                var files = kind.ToDictionary(example =>
                    Path.Combine(folder.FullName, $"{verdicts.Count + Array.IndexOf([.. kind], example)}.json")
                );
                foreach (var (file, example) in files)
                    await File.WriteAllBytesAsync(file, example.Body);
                using var run = Process.Start(
                    new ProcessStartInfo(
                        "dotnet",
                        [Repository.Program("Loyalty.Messaging.Cli", "loyalty"), "validate", .. files.Keys, "--kind", kind.Key, "--json"]
                    )
                    {
                        RedirectStandardOutput = true,
                    }
                )!;
                using var said = JsonDocument.Parse(await run.StandardOutput.ReadToEndAsync());
                await run.WaitForExitAsync();
                foreach (var verdict in said.RootElement.GetProperty("files").EnumerateArray())
                    verdicts.Add(files[verdict.GetProperty("file").GetString()!].Name, verdict.GetProperty("accepted").GetBoolean());
            }
            return verdicts;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    static IEnumerable<string> Paths(JsonNode node, string at) =>
        node switch
        {
            JsonObject members => members.SelectMany(member =>
                (string[])[$"{at}{member.Key}", .. member.Value is null ? [] : Paths(member.Value, $"{at}{member.Key}.")]
            ),
            JsonArray items => items.SelectMany((item, index) => item is JsonObject ? Paths(item, $"{at}{index}.") : []),
            _ => [],
        };

    static void Remove(JsonNode node, ReadOnlySpan<string> path, bool isNull)
    {
        for (; path.Length > 1; path = path[1..])
            node = int.TryParse(path[0], out var index) ? node[index]! : node[path[0]]!;
        if (isNull)
            node[path[0]] = null;
        else
            node.AsObject().Remove(path[0]);
    }
}
