using Loyalty.Messaging.Ops.Access;
using Loyalty.Messaging.Ops.Shared;
using Answer = Microsoft.AspNetCore.Http.HttpResults.Results<
    Microsoft.AspNetCore.Http.HttpResults.Accepted<Loyalty.Messaging.Ops.Acts.DecisionTaken>,
    Microsoft.AspNetCore.Http.HttpResults.ProblemHttpResult
>;

namespace Loyalty.Messaging.Ops.Acts;

/// <summary>Retry, correct, cancel, move a timer: sent to the saga as commands, which does them or says why not.</summary>
internal static class DecisionEndpoints
{
    public static void MapDecisions(this RouteGroupBuilder api)
    {
        foreach (var kind in DecisionKinds.All)
            kind.MapTo(api);
    }

    public static void Map<TRequest>(RouteGroupBuilder api, DecisionKind kind)
        where TRequest : DecisionRequest =>
        api.MapPost(
                kind.Route,
                async Task<Answer> (
                    string id,
                    TRequest body,
                    HttpContext http,
                    DecisionSender sender,
                    BulkDecisions bulk,
                    CancellationToken cancellationToken
                ) =>
                {
                    id = Ids.FromPath(id);
                    if (Reasons.Mistake(body.Reason) is { } mistake)
                        return TypedResults.Problem(mistake, statusCode: StatusCodes.Status400BadRequest, title: "No reason");
                    if (body.Mistake is { } wrong)
                        return TypedResults.Problem(wrong.Sentence, statusCode: StatusCodes.Status400BadRequest, title: wrong.Title);
                    var (job, atMost) = await bulk.AskAsync(kind, id, body, http.Actor(), cancellationToken);
                    if (job is not null)
                        return TypedResults.Accepted($"/api/v1/jobs/{job.Id}", new DecisionTaken(job.Id, job.State));
                    var answer = await kind.TakeAsync(sender, id, body with { AtMost = atMost }, http.Actor(), cancellationToken);
                    if (answer.State is null)
                        return TypedResults.Problem(answer.Refusal, statusCode: StatusCodes.Status404NotFound, title: "Unknown");
                    return answer.Accepted
                        ? TypedResults.Accepted((string?)null, new DecisionTaken(answer.OperationId, answer.State))
                        : TypedResults.Problem(
                            answer.Refusal,
                            statusCode: StatusCodes.Status409Conflict,
                            title: $"Refused: {answer.State}"
                        );
                }
            )
            .WithName(kind.Name)
            .WithTags("Decisions")
            .WithSummary(kind.Summary)
            .RequireAuthorization(Roles.Operator)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .ProducesProblem(StatusCodes.Status504GatewayTimeout);
}
