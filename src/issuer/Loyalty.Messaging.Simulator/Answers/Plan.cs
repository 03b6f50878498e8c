using Loyalty.Messaging.Simulator.Scripts;

namespace Loyalty.Messaging.Simulator.Answers;

/// <summary>An answer and the manner in which it reaches the client, if it does.</summary>
internal sealed record Plan(Answer Answer)
{
    public AnswerKind Kind { get; init; } = AnswerKind.Normal;

    public TimeSpan Delay { get; init; }

    public TimeSpan DripInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    public int Megabytes { get; init; } = 64;

    public bool Replayed { get; init; }

    /// <summary>What the script says, and where it is silent what the issuer would have said on its own.</summary>
    public static Plan From(ScriptAnswer? script, Func<Answer> natural)
    {
        if (script is null)
            return new Plan(natural());

        return new Plan(AnswerOf(script, natural))
        {
            Kind = script.Kind,
            Delay = script.Delay?.Span ?? TimeSpan.Zero,
            DripInterval = script.DripInterval?.Span ?? TimeSpan.FromMilliseconds(100),
            Megabytes = script.Megabytes ?? 64,
        };
    }

    static Answer AnswerOf(ScriptAnswer script, Func<Answer> natural)
    {
        var answer = script.Kind switch
        {
            AnswerKind.Html => new Answer(
                script.Status ?? 200,
                "<html><body>Please try again later</body></html>"u8.ToArray(),
                "text/html"
            ),
            AnswerKind.Redirect => new Answer(script.Status ?? 307, [], Answer.JsonType)
            {
                Headers = new Dictionary<string, string> { ["Location"] = script.Location ?? "https://elsewhere.invalid/" },
            },
            _ when script.Status is { } status and (< 200 or >= 300) => Bare(status),
            _ when script.Body is not null => Bare(script.Status ?? StatusCodes.Status200OK),
            _ => natural(),
        };

        return answer with
        {
            Status = script.Status ?? answer.Status,
            Body = script.BodyBytes() ?? answer.Body,
            ContentType = script.ContentType ?? answer.ContentType,
            Headers = answer
                .Headers.Concat(script.Headers ?? [])
                .DistinctBy(header => header.Key, StringComparer.OrdinalIgnoreCase)
                .ToDictionary(header => header.Key, header => header.Value, StringComparer.OrdinalIgnoreCase),
        };
    }

    static Answer Bare(int status) => Answer.Refusal(status, ResponseCodes.ForStatus(status), $"scripted {status}");
}
