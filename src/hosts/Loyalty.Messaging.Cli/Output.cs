using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Loyalty.Messaging.Cli;

/// <summary>
/// What a command says: lines for a person, or with <c>--json</c> one JSON document on standard output and nothing else there.
/// </summary>
internal sealed class Output(bool json)
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int WrongUsage = 2;

    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        // For a terminal, not for a page: arrows and umlauts stay what they are.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public bool IsJson => json;

    public static Option<bool> JsonOption() => new("--json") { Description = "One JSON document on standard output" };

    /// <summary>The command has done what was asked.</summary>
    public int Succeed(object document, Action print)
    {
        if (json)
            Console.Out.WriteLine(JsonSerializer.Serialize(document, Json));
        else
            print();
        return Done;
    }

    /// <summary>It was refused or has failed; <paramref name="document"/> is what a program would want to know of it.</summary>
    public int Fail(string sentence, object? document = null)
    {
        if (json)
            Console.Out.WriteLine(JsonSerializer.Serialize(document ?? new { error = sentence }, Json));
        else
            Console.Error.WriteLine(sentence);
        return Failed;
    }
}
