using System.Security.Cryptography;
using System.Text.Json;

namespace Loyalty.Messaging.TestKit;

/// <summary>
/// The official parsers and linters of AsyncAPI, JSON Schema and OpenAPI. They are Node packages, installed once per lock file under
/// artifacts/ and offline from then on.
/// </summary>
public static class Linters
{
    static readonly Lazy<Task<string>> Folder = new(InstalledAsync);
    static readonly Dictionary<string, string> Discreet = new()
    {
        ["REDOCLY_TELEMETRY"] = "off",
        ["REDOCLY_SUPPRESS_UPDATE_NOTICE"] = "true",
    };

    static string Sources => Path.Combine(Repository.Root, "tests", "Loyalty.Messaging.TestKit", "Linters");

    /// <returns>What @asyncapi/parser finds above a hint, a line each.</returns>
    public static async Task<IReadOnlyList<string>> AsyncApiAsync(string file)
    {
        const int hint = 3;
        using var found = JsonDocument.Parse(await NodeAsync(["asyncapi.js", file]));
        return
        [
            .. found
                .RootElement.EnumerateArray()
                .Where(finding => finding.GetProperty("severity").GetInt32() < hint)
                .Select(finding => finding.ToString()),
        ];
    }

    /// <summary>ajv in strict mode.</summary>
    /// <param name="schemas">By name, as text.</param>
    /// <param name="bodies">The schema's name and what is held against it.</param>
    /// <returns>Of every body why it is refused; null when it is not.</returns>
    public static async Task<IReadOnlyList<string?>> AjvAsync(
        IReadOnlyDictionary<string, string> schemas,
        IEnumerable<(string Schema, byte[] Body)> bodies
    )
    {
        var questions = JsonSerializer.Serialize(
            new { schemas, bodies = bodies.Select(asked => new { schema = asked.Schema, body = asked.Body }) }
        );
        return JsonSerializer.Deserialize<List<string?>>(await NodeAsync(["ajv.js"], questions))!;
    }

    /// <returns>What redocly finds, warnings included, a line each.</returns>
    public static async Task<IReadOnlyList<string>> OpenApiAsync(string file)
    {
        string[] arguments =
        [
            Path.Combine("node_modules", "@redocly", "cli", "bin", "cli.js"),
            "lint",
            file,
            "--config",
            "redocly.yaml",
            "--format",
            "json",
            "--max-problems",
            "1000",
        ];
        using var found = JsonDocument.Parse(await NodeAsync(arguments, findings: true));
        return [.. found.RootElement.GetProperty("problems").EnumerateArray().Select(Problem)];
    }

    static string Problem(JsonElement problem)
    {
        var at = problem.GetProperty("location")[0];
        return $"{problem.GetProperty("severity")} {problem.GetProperty("ruleId")} "
            + $"{(at.TryGetProperty("pointer", out var pointer) ? pointer : at)}: {problem.GetProperty("message")}";
    }

    /// <summary>Two test projects may want them at once: each installs beside, and the first one to be done has made the folder.</summary>
    static async Task<string> InstalledAsync()
    {
        var digest = SHA256.HashData([.. Directory.GetFiles(Sources).Order(StringComparer.Ordinal).SelectMany(File.ReadAllBytes)]);
        var folder = Path.Combine(Repository.Root, "artifacts", $"linters-{Convert.ToHexStringLower(digest)[..12]}");
        if (Directory.Exists(folder))
            return folder;
        var beside = $"{folder}.{Guid.NewGuid():N}";
        Directory.CreateDirectory(beside);
        foreach (var file in Directory.GetFiles(Sources))
            File.Copy(file, Path.Combine(beside, Path.GetFileName(file)));
        try
        {
            // No package's own scripts: one of them reports every installation to its makers.
            var (exitCode, _, errors) = await Node.RunAsync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], beside, Discreet);
            if (exitCode != 0)
                throw new InvalidOperationException($"npm ci failed in a copy of {Sources}:\n{errors}");
            Directory.Move(beside, folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            Directory.Delete(beside, recursive: true);
        }
        return folder;
    }

    /// <param name="findings">True of a linter that ends with 1 when it has found something.</param>
    static async Task<string> NodeAsync(string[] arguments, string input = "", bool findings = false)
    {
        var (exitCode, printed, errors) = await Node.RunAsync("node", arguments, await Folder.Value, Discreet, input);
        return exitCode == 0 || (findings && exitCode == 1 && printed.Length > 0)
            ? printed
            : throw new InvalidOperationException($"node {string.Join(' ', arguments)} ended with {exitCode}:\n{errors}{printed}");
    }
}
