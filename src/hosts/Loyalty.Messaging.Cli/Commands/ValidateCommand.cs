using System.CommandLine;
using Loyalty.Messaging.Cli.Validating;
using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.RabbitMq.Commerce;

namespace Loyalty.Messaging.Cli.Commands;

/// <summary><c>loyalty validate FILE…</c>: whether the worker would accept an event, and everything it would object to.</summary>
internal static class ValidateCommand
{
    const string StandardInput = "-";

    /// <summary>What a wrapper says of the event, as violations name it.</summary>
    static readonly string[] AroundTheEvent = ["type", "messageType", "dataschema", "datacontenttype"];

    public static Command Create()
    {
        var files = new Argument<string[]>("file")
        {
            Description = "JSON files, each an event: plain, CloudEvents (structured) or MassTransit's envelope; - is standard input",
            Arity = ArgumentArity.OneOrMore,
        };
        var kind = new Option<string?>("--kind") { Description = "Which event it is to be; else its fields say so" };
        kind.AcceptOnlyFromAmong([.. EventForm.Kinds.Keys]);
        var json = Output.JsonOption();
        var command = new Command("validate", "Check whether events would be accepted, and if not, why; needs no running system")
        {
            files,
            kind,
            json,
        };
        command.SetAction(
            (line, cancellationToken) =>
                RunAsync(line.GetValue(files)!, line.GetValue(kind), new Output(line.GetValue(json)), cancellationToken)
        );
        return command;
    }

    static async Task<int> RunAsync(string[] files, string? kind, Output output, CancellationToken cancellationToken)
    {
        var verdicts = new List<Verdict>();
        foreach (var file in files)
            verdicts.Add(await JudgeAsync(file, kind, cancellationToken));
        var accepted = verdicts.TrueForAll(verdict => verdict.Accepted);
        var text = string.Join(Environment.NewLine, verdicts.SelectMany(Lines));
        return accepted
            ? output.Succeed(new { accepted, files = verdicts }, () => Console.WriteLine(text))
            : output.Fail(text, new { accepted, files = verdicts });
    }

    static async Task<Verdict> JudgeAsync(string file, string? wanted, CancellationToken cancellationToken)
    {
        byte[] body;
        try
        {
            body = await ReadAsync(file, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new Verdict(file, false, wanted, null, [new Objection(null, null, null, $"cannot be read ({exception.Message})")]);
        }
        var (form, seen) = EventForm.Of(body);
        // What is no JSON is none under either name; so one of them is asked, for the place.
        var lines = JsonLines.In(EventBody.WithoutMark(body).Span);
        if ((wanted ?? seen ?? (lines.Broken is null ? null : "order-completed")) is not { } kind)
            return new Verdict(
                file,
                false,
                null,
                form.Name,
                [
                    new Objection(
                        "",
                        "$",
                        1,
                        "is neither an order-completed event (collectorNumber, completedAt) nor an order-refunded event "
                            + "(refundId, refundedAt); name it with --kind"
                    ),
                ]
            );
        var objections = CommerceEventCheck
            .Ask(EventForm.Kinds[kind], form.ContentType, body)
            .Select(violation => Placed(violation, form, lines))
            .ToList();
        return new Verdict(file, objections.Count == 0, lines.Broken is null ? kind : wanted, form.Name, objections);
    }

    static Objection Placed(ContractViolation violation, EventForm form, JsonLines lines)
    {
        // Within the event, unless it is about what is around it, or was seen before the event was taken out.
        var path =
            form.Wrapper is { } wrapper
            && violation.Field != wrapper
            && !violation.Field.StartsWith(wrapper + ".", StringComparison.Ordinal)
            && !AroundTheEvent.Contains(violation.Field)
                ? JsonLines.Joined(wrapper, violation.Field)
                : violation.Field;
        return new Objection(
            violation.Field,
            path.StartsWith('[') || path.Length == 0 ? $"${path}" : $"$.{path}",
            lines.Broken ?? lines.Of(path),
            violation.Problem
        );
    }

    static async Task<byte[]> ReadAsync(string file, CancellationToken cancellationToken)
    {
        if (file != StandardInput)
            return await File.ReadAllBytesAsync(file, cancellationToken);
        using var body = new MemoryStream();
        await using var input = Console.OpenStandardInput();
        await input.CopyToAsync(body, cancellationToken);
        return body.ToArray();
    }

    static IEnumerable<string> Lines(Verdict verdict) =>
        verdict.Accepted
            ? [$"{verdict.File}: accepted ({verdict.Kind}, {verdict.Form})"]
            : verdict.Violations.Select(objection =>
                $"{verdict.File}{(objection.Line is { } line ? $":{line}" : "")}: "
                + $"{(objection.Field is { Length: > 0 } ? objection.Path + " " : "")}{objection.Problem}"
            );

    /// <param name="Field">As the reader names it, within the event.</param>
    /// <param name="Path">JSON path in the file.</param>
    /// <param name="Line">Where that is; of a field that is not there, where it is missing.</param>
    sealed record Objection(string? Field, string? Path, int? Line, string Problem);

    sealed record Verdict(string File, bool Accepted, string? Kind, string? Form, IReadOnlyList<Objection> Violations);
}
