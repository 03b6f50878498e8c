using Microsoft.AspNetCore.Http.HttpResults;

namespace Loyalty.Messaging.Ops.Shared;

/// <summary>What the API says when it does not do what was asked.</summary>
internal static class Problems
{
    /// <param name="sentence">What is wrong with the request: where, and what is possible.</param>
    public static ProblemHttpResult BadRequest(string sentence) =>
        TypedResults.Problem(sentence, statusCode: StatusCodes.Status400BadRequest);
}
