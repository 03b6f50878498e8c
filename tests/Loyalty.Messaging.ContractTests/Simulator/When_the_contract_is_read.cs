using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Xunit;

namespace Loyalty.Messaging.ContractTests.Simulator;

/// <summary>The simulator's rules are written in code; here they are held against contracts/air-miles/openapi.yaml.</summary>
public sealed partial class When_the_contract_is_read : SimulatorTest
{
    [Theory]
    [InlineData("PostEvent", "/checkout/issuance/post/event")]
    [InlineData("ReverseEvent", "/checkout/issuance/reverse/event")]
    [InlineData("Echo", "/checkout/amcash/echo")]
    [InlineData("Inquire", "/checkout/amcash/inquire")]
    public async Task The_simulator_knows_exactly_its_fields_and_demands_exactly_the_required_ones(string schema, string path)
    {
        var (required, fields) = SchemaOf(schema);
        var request = schema switch
        {
            "PostEvent" => Requests.Issuance("T-1"),
            "ReverseEvent" => Requests.Reversal("R-1", "T-1", 1),
            "Echo" => Requests.Echo(),
            _ => Requests.Inquiry(),
        };
        Assert.Equal(fields.Order(), request.Select(member => member.Key).Order());

        foreach (var field in fields)
        {
            var without = request.DeepClone().AsObject();
            without.Remove(field);
            var message = await MessageAsync(path, without);
            Assert.Equal(required.Contains(field), message == $"{field} is required");

            var withNull = request.DeepClone().AsObject();
            withNull[field] = null;
            Assert.StartsWith(field, await MessageAsync(path, withNull), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_field_is_marked_confirmed_or_inferred()
    {
        var fields = Contract().Where(line => FieldLine().IsMatch(line)).ToList();

        Assert.NotEmpty(fields);
        Assert.All(fields, line => Assert.Matches("x-mark: (confirmed|inferred) }$", line));
    }

    async Task<string> MessageAsync(string path, JsonObject request)
    {
        using var answer = await Simulator.SendAsync(
            path,
            request.ToJsonString(),
            path.Contains("/amcash/", StringComparison.Ordinal) ? null : RunningSimulator.NewKey()
        );
        var body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return JsonNode.Parse(body)!["message"]?.GetValue<string>() ?? "";
    }

    // The file keeps one field to a line, or goes on in the next after a comma, so that this needs no YAML.
    static (string[] Required, string[] Fields) SchemaOf(string name)
    {
        var lines = Contract()
            .SkipWhile(line => line != $"    {name}:")
            .Skip(1)
            .TakeWhile(line => line.StartsWith("      ", StringComparison.Ordinal))
            .ToList();
        var required = lines.Single(line => line.TrimStart().StartsWith("required: [", StringComparison.Ordinal));
        return (
            required[(required.IndexOf('[', StringComparison.Ordinal) + 1)..required.IndexOf(']', StringComparison.Ordinal)].Split(", "),
            [.. lines.Select(line => FieldLine().Match(line)).Where(match => match.Success).Select(match => match.Groups[1].Value)]
        );
    }

    static List<string> Contract()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Loyalty.Messaging.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("These tests run inside the repository: no solution above them.");
        var lines = new List<string>();
        foreach (var line in File.ReadLines(Path.Combine(folder.FullName, "contracts", "air-miles", "openapi.yaml")))
        {
            if (lines is [.., var last] && last.EndsWith(',') && line.StartsWith(' '))
                lines[^1] = $"{last} {line.TrimStart()}";
            else
                lines.Add(line);
        }
        return lines;
    }

    [GeneratedRegex("^        ([A-Za-z_]+): \\{ type: ")]
    private static partial Regex FieldLine();
}
