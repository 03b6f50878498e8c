using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Spectre.Console;

namespace Loyalty.Messaging.Cli.Ops;

/// <summary>
/// A command that asks the ops site something and prints its answer: as it came with <c>--json</c>, in lines or a table for people.
/// </summary>
internal static class OpsVerb
{
    /// <param name="parameters">Its own arguments and options.</param>
    /// <param name="ask">Asks the site; gives the body of its answer.</param>
    /// <param name="print">For people.</param>
    public static Command Of(
        string name,
        string description,
        IEnumerable<Symbol> parameters,
        Func<ParseResult, OpsSite, CancellationToken, Task<string>> ask,
        Action<JsonElement> print
    ) =>
        Of(
            name,
            description,
            parameters,
            ask,
            (document, _, output, _) => Task.FromResult(output.Succeed(document, () => print(document)))
        );

    /// <param name="then">What is done with the answer; gives the exit code.</param>
    public static Command Of(
        string name,
        string description,
        IEnumerable<Symbol> parameters,
        Func<ParseResult, OpsSite, CancellationToken, Task<string>> ask,
        Func<JsonElement, OpsSite, Output, CancellationToken, Task<int>> then
    )
    {
        var (address, key, json) = (OpsSite.AddressOption(), OpsSite.KeyOption(), Output.JsonOption());
        var command = new Command(name, description);
        foreach (var parameter in parameters)
        {
            if (parameter is Argument argument)
                command.Arguments.Add(argument);
            else
                command.Options.Add((Option)parameter);
        }
        foreach (var option in (Option[])[address, key, json])
            command.Options.Add(option);
        command.SetAction(
            async (line, cancellationToken) =>
            {
                var output = new Output(line.GetValue(json));
                try
                {
                    var site = OpsSite.Of(line.GetValue(address), line.GetValue(key));
                    var body = await ask(line, site, cancellationToken);
                    using var document = JsonDocument.Parse(body.Length == 0 ? "{}" : body);
                    return await then(document.RootElement, site, output, cancellationToken);
                }
                catch (OpsRefusedException exception)
                {
                    return output.Fail(exception.Message);
                }
                catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
                {
                    return output.Fail(OpsSite.Unreadable);
                }
            }
        );
        return command;
    }

    /// <summary>An address with what was given of its questions.</summary>
    public static string Path(string path, params (string Name, object? Value)[] questions)
    {
        var query = new StringBuilder(path);
        var separator = '?';
        foreach (var (name, value) in questions)
        {
            if (value is null or false)
                continue;
            query
                .Append(separator)
                .Append(name)
                .Append('=')
                .Append(
                    Uri.EscapeDataString(
                        value switch
                        {
                            true => "true",
                            DateTimeOffset instant => instant.ToString("O", CultureInfo.InvariantCulture),
                            DateOnly day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                            _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
                        }
                    )
                );
            separator = '&';
        }
        return query.ToString();
    }

    /// <summary>One row for each object of a list.</summary>
    /// <param name="columns">Heading and what stands below it.</param>
    public static void Table(IEnumerable<JsonElement> rows, params (string Heading, Func<JsonElement, string?> Cell)[] columns)
    {
        var console = Console();
        var table = new Table().Border(TableBorder.Simple);
        foreach (var (heading, _) in columns)
            table.AddColumn(new TableColumn(new Text(heading)));
        var any = false;
        foreach (var row in rows)
        {
            any = true;
            // As Text and not as markup: an id or a reason may hold square brackets.
            table.AddRow(columns.Select(column => new Text(column.Cell(row) ?? "")));
        }
        if (any)
            console.Write(table);
        else
            System.Console.WriteLine("None.");
    }

    /// <summary>How to ask for the next page, when there is one.</summary>
    /// <param name="name">Of the answer's cursor.</param>
    public static void More(JsonElement page, string name = "next")
    {
        if (page.Text(name) is { } next)
            System.Console.WriteLine($"More: --cursor {next}");
    }

    /// <summary>What an act came to that one person may do to a few and two to many.</summary>
    /// <param name="few">Said after the number.</param>
    public static void Changed(JsonElement answer, string few) =>
        System.Console.WriteLine(
            answer.Text("count") is { } count
                ? $"{count} {few}"
                : $"Job {answer.Text("id")} is {answer.Text("state")}: {answer.Text("needsApproval")}"
        );

    /// <summary>Name and value, line by line; what is absent is left out.</summary>
    public static void Facts(params (string Name, string? Value)[] facts)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn();
        foreach (var (name, value) in facts)
            if (!string.IsNullOrEmpty(value))
                grid.AddRow(new Text(name), new Text(value));
        Console().Write(grid);
    }

    public static string? Text(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value)
            ? value.ValueKind switch
            {
                JsonValueKind.String => value.GetString(),
                JsonValueKind.Null => null,
                _ => value.GetRawText(),
            }
            : null;

    /// <summary>To the second, UTC.</summary>
    public static string? Instant(this JsonElement element, string name) =>
        element.Text(name) is { } text
            ? DateTimeOffset
                .Parse(text, CultureInfo.InvariantCulture)
                .UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)
            : null;

    static IAnsiConsole Console()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings());
        // Through a pipe there is no width to fit into.
        if (System.Console.IsOutputRedirected)
            console.Profile.Width = 250;
        return console;
    }
}
