using Loyalty.Messaging.Ops.Access;
using Loyalty.Messaging.Ops.Shared;
using Loyalty.Messaging.Sagas.Decisions;
using Answer = Microsoft.AspNetCore.Http.HttpResults.Results<
    Microsoft.AspNetCore.Http.HttpResults.Accepted<Loyalty.Messaging.Ops.Acts.DecisionTaken>,
    Microsoft.AspNetCore.Http.HttpResults.ProblemHttpResult
>;

namespace Loyalty.Messaging.Ops.Acts;

/// <summary>
/// Approve, retry, correct, cancel, move a timer: sent as a command to the saga, which carries it out or says why not.
/// </summary>
internal static class DecisionEndpoints
{
    public static void MapDecisions(this RouteGroupBuilder api)
    {
        Map(api, "/orders/{id}/approve", DecisionKinds.ApproveOrder);
        Map(api, "/orders/{id}/retry", DecisionKinds.RetryOrder);
        Map(api, "/orders/{id}/correct", DecisionKinds.CorrectOrder);
        Map(api, "/orders/{id}/cancel", DecisionKinds.CancelOrder);
        Map(api, "/orders/{id}/timer", DecisionKinds.MoveOrderTimer);
        Map(api, "/refunds/{id}/retry", DecisionKinds.RetryRefund);
        Map(api, "/refunds/{id}/correct", DecisionKinds.CorrectRefund);
        Map(api, "/refunds/{id}/cancel", DecisionKinds.CancelRefund);
        Map(api, "/refunds/{id}/timer", DecisionKinds.MoveRefundTimer);
    }

    static void Map<TRequest, TCommand>(RouteGroupBuilder api, string route, DecisionKind<TRequest, TCommand> kind)
        where TRequest : DecisionRequest, new()
        where TCommand : class, IDecision =>
        api.MapPost(
                route,
                async Task<Answer> (
                    string id,
                    TRequest body,
                    HttpContext http,
                    DecisionSender sender,
                    DecisionApproval approval,
                    CancellationToken cancellationToken
                ) =>
                {
                    id = Ids.FromPath(id);
                    if (Reasons.Mistake(body.Reason) is { } mistake)
                        return TypedResults.Problem(mistake, statusCode: StatusCodes.Status400BadRequest, title: "No reason");
                    if (body.Mistake is { } wrong)
                        return TypedResults.Problem(wrong.Sentence, statusCode: StatusCodes.Status400BadRequest, title: wrong.Title);
                    var (job, atMost) = await approval.AskAsync(kind, id, body, http.Actor(), cancellationToken);
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
            .ProducesProblem(StatusCodes.Status502BadGateway)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .ProducesProblem(StatusCodes.Status504GatewayTimeout);
}
