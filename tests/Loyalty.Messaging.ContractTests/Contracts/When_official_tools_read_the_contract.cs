using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.ContractTests.Contracts;

/// <summary>The documents are read by other teams' tools before any of our code runs: those have to find nothing wrong.</summary>
public sealed class When_official_tools_read_the_contract
{
    [Fact]
    public async Task The_AsyncAPI_parser_has_nothing_to_say() =>
        Nothing(await Linters.AsyncApiAsync(Path.Combine(Approved.Root, "contracts", "asyncapi.yaml")));

    [Fact]
    public async Task The_OpenAPI_linter_has_nothing_to_say_of_the_issuer_s_API() =>
        Nothing(await Linters.OpenApiAsync(Path.Combine(Approved.Root, "contracts", "air-miles", "openapi.yaml")));

    [Fact]
    public async Task The_schema_validator_compiles_every_schema_strictly_and_every_example_fits()
    {
        var schemas = Schemas.All.Keys.ToDictionary(name => name, name => Approved.Read($"contracts/events/{name}/v1/schema.json"));
        var verdicts = await Linters.AjvAsync(
            schemas,
            schemas.Keys.Select(name =>
                (name, File.ReadAllBytes(Path.Combine(Approved.Root, "contracts", "events", name, "v1", "example.json")))
            )
        );
        Assert.All(verdicts, Assert.Null);
    }

    /// <summary>A lock file that names a registry's address would send everybody there.</summary>
    [Fact]
    public void The_tools_versions_are_exact_and_no_registry_is_named()
    {
        Assert.DoesNotContain(
            "\"resolved\"",
            Approved.Read("tests/Loyalty.Messaging.TestKit/Linters/package-lock.json"),
            StringComparison.Ordinal
        );
        var package = System.Text.Json.JsonDocument.Parse(Approved.Read("tests/Loyalty.Messaging.TestKit/Linters/package.json"));
        Assert.All(
            package.RootElement.GetProperty("dependencies").EnumerateObject(),
            dependency => Assert.Matches(@"^\d+\.\d+\.\d+$", dependency.Value.GetString()!)
        );
    }

    static void Nothing(IReadOnlyList<string> found) => Assert.True(found.Count == 0, string.Join('\n', found));
}
