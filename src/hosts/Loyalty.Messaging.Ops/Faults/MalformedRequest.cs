using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Diagnostics;

namespace Loyalty.Messaging.Ops.Faults;

/// <summary>A parameter or a body that cannot be read is named, and what it has to be; never what was sent.</summary>
internal sealed partial class MalformedRequest(IProblemDetailsService problems) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is not BadHttpRequestException malformed)
            return false;
        httpContext.Response.StatusCode = malformed.StatusCode;
        return await problems.TryWriteAsync(
            new ProblemDetailsContext
            {
                HttpContext = httpContext,
                ProblemDetails = { Status = malformed.StatusCode, Detail = Sentence(malformed) },
            }
        );
    }

    static string? Sentence(BadHttpRequestException malformed) =>
        malformed.InnerException is JsonException json
            ? json.Path is { Length: > 1 } path
                ? $"{path} in the body is not what it has to be, or a field is missing there"
                : "The body is not valid JSON of the form that /openapi/v1.json describes"
            : Unbound().Match(malformed.Message) is { Success: true } unbound
                ? $"{unbound.Groups["name"].Value} must be {Kind(unbound.Groups["type"].Value)}"
                : malformed.StatusCode == StatusCodes.Status400BadRequest
                    ? "The request cannot be read; /openapi/v1.json describes what it has to be"
                    : FaultsRegistration.SentenceFor(malformed.StatusCode, forPeople: false);

    static string Kind(string type) =>
        (type.StartsWith("Nullable<", StringComparison.Ordinal) ? type[9..^1] : type) switch
        {
            "int" or "long" or "short" => "a whole number",
            "decimal" or "double" => "a number",
            "bool" => "true or false",
            "Guid" => "an id, as 4f8b6f0e-6c0f-4b0e-9f0e-0d6f3f1f2a01",
            "DateTimeOffset" => "an instant, as 2026-11-21T15:04:05Z",
            "DateOnly" => "a date, as 2026-11-21",
            _ => "given, and of the form that /openapi/v1.json describes",
        };

    /// <summary>The framework's words for a parameter that cannot be read or is missing.</summary>
    [GeneratedRegex("^(?:Failed to bind parameter|Required parameter) \"(?<type>[^ \"]+) (?<name>[^\"]+)\"")]
    private static partial Regex Unbound();
}
