using Loyalty.Messaging.Jobs;
using Loyalty.Messaging.Ops.Access;
using Loyalty.Messaging.Ops.Shared;
using Loyalty.Messaging.Sagas.Decisions;
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
        Decide<OrderApprovalRequest>(
            api,
            "/orders/{id}/approve",
            "ApproveOrder",
            "Issue the miles of an order that is held",
            AskedDecisions.ApproveOrderAsync
        );
        Decide<RetryRequest>(api, "/orders/{id}/retry", "RetryOrder", "Send the same call again, now", AskedDecisions.RetryOrderAsync);
        Decide<CorrectionRequest>(
            api,
            "/orders/{id}/correct",
            "CorrectOrder",
            "Make a new revision of a rejected order's call",
            AskedDecisions.CorrectOrderAsync
        );
        Decide<CancellationRequest>(api, "/orders/{id}/cancel", "CancelOrder", "No miles for this order", AskedDecisions.CancelOrderAsync);
        Decide<TimerRequest>(
            api,
            "/orders/{id}/timer",
            "MoveOrderTimer",
            "Move the order's timer, or remove it",
            AskedDecisions.MoveOrderTimerAsync
        );
        Decide<RetryRequest>(api, "/refunds/{id}/retry", "RetryRefund", "Send the same call again, now", AskedDecisions.RetryRefundAsync);
        Decide<CorrectionRequest>(
            api,
            "/refunds/{id}/correct",
            "CorrectRefund",
            "Claim a rejected refund's miles again and make a new revision of its call",
            AskedDecisions.CorrectRefundAsync
        );
        Decide<CancellationRequest>(
            api,
            "/refunds/{id}/cancel",
            "CancelRefund",
            "Take nothing back for this refund",
            AskedDecisions.CancelRefundAsync
        );
        Decide<TimerRequest>(
            api,
            "/refunds/{id}/timer",
            "MoveRefundTimer",
            "Move the refund's timer, or remove it",
            AskedDecisions.MoveRefundTimerAsync
        );
    }

    static void Decide<TRequest>(
        RouteGroupBuilder api,
        string route,
        string name,
        string summary,
        Func<DecisionSender, string, TRequest, Actor, CancellationToken, Task<DecisionAnswer>> take
    )
        where TRequest : DecisionRequest
    {
        var what = route.StartsWith("/orders", StringComparison.Ordinal) ? "order" : "refund";
        api.MapPost(
                route,
                async Task<Answer> (
                    string id,
                    TRequest body,
                    HttpContext http,
                    DecisionSender sender,
                    BulkDecisions bulk,
                    CancellationToken cancellationToken
                ) =>
                {
                    if (Reasons.Mistake(body.Reason) is { } mistake)
                        return TypedResults.Problem(mistake, statusCode: StatusCodes.Status400BadRequest, title: "No reason");
                    if ((body as TimerRequest)?.Mistake() is { } unclear)
                        return TypedResults.Problem(unclear, statusCode: StatusCodes.Status400BadRequest, title: "No time");
                    if ((body as CorrectionRequest)?.Mistake() is { } unsendable)
                        return TypedResults.Problem(unsendable, statusCode: StatusCodes.Status400BadRequest, title: "No name");
                    var (job, atMost) = await bulk.AskAsync($"{what} {Ids.FromPath(id)}", body, http.Actor(), cancellationToken);
                    if (job is not null)
                        return TypedResults.Accepted($"/api/v1/jobs/{job.Id}", new DecisionTaken(job.Id, job.State));
                    var answer = await take(sender, Ids.FromPath(id), body.Weighed(atMost), http.Actor(), cancellationToken);
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
            .WithName(name)
            .WithTags("Decisions")
            .WithSummary(summary)
            .RequireAuthorization(Roles.Operator)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .ProducesProblem(StatusCodes.Status504GatewayTimeout);
    }
}
