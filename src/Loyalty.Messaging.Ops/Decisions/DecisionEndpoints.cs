using Loyalty.Messaging.Ops.Access;
using Loyalty.Messaging.Sagas;
using Loyalty.Messaging.Sagas.Decisions;
using MassTransit;
using Answer = Microsoft.AspNetCore.Http.HttpResults.Results<Microsoft.AspNetCore.Http.HttpResults.Accepted<Loyalty.Messaging.Ops.Decisions.DecisionTaken>, Microsoft.AspNetCore.Http.HttpResults.ProblemHttpResult>;

namespace Loyalty.Messaging.Ops.Decisions;

/// <summary>Retry, correct, cancel: sent to the saga as commands, which does them or says why not.</summary>
internal static class DecisionEndpoints
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(25);

    public static void AddDecisions(this IBusRegistrationConfigurator bus)
    {
        bus.AddRequestClient<RetryIssuance>(IssuerQueues.IssuanceAddress, Patience);
        bus.AddRequestClient<CorrectIssuance>(IssuerQueues.IssuanceAddress, Patience);
        bus.AddRequestClient<CancelIssuance>(IssuerQueues.IssuanceAddress, Patience);
        bus.AddRequestClient<RetryReversal>(IssuerQueues.ReversalAddress, Patience);
        bus.AddRequestClient<CorrectReversal>(IssuerQueues.ReversalAddress, Patience);
        bus.AddRequestClient<CancelReversal>(IssuerQueues.ReversalAddress, Patience);
    }

    public static void MapDecisions(this RouteGroupBuilder api)
    {
        Decide<DecisionRequest, RetryIssuance>(api, "/orders/{id}/retry", "RetryOrder", "Make the same call once more, now", (id, body, actor) => new RetryIssuance
        {
            OperationId = body.OperationId ?? Guid.NewGuid(),
            OrderId = id,
            Actor = actor,
            Reason = body.Reason!,
        });
        Decide<CorrectionRequest, CorrectIssuance>(api, "/orders/{id}/correct", "CorrectOrder", "Make a new revision of a rejected order's call", (id, body, actor) => new CorrectIssuance
        {
            OperationId = body.OperationId ?? Guid.NewGuid(),
            OrderId = id,
            Actor = actor,
            Reason = body.Reason!,
            CollectorNumber = body.CollectorNumber,
            LocationCode = body.LocationCode,
            DeviceId = body.DeviceId,
            Offers = body.Miles,
            Context = body.Context,
        });
        Decide<DecisionRequest, CancelIssuance>(api, "/orders/{id}/cancel", "CancelOrder", "No miles for this order", (id, body, actor) => new CancelIssuance
        {
            OperationId = body.OperationId ?? Guid.NewGuid(),
            OrderId = id,
            Actor = actor,
            Reason = body.Reason!,
        });
        Decide<DecisionRequest, RetryReversal>(api, "/refunds/{id}/retry", "RetryRefund", "Make the same call once more, now", (id, body, actor) => new RetryReversal
        {
            OperationId = body.OperationId ?? Guid.NewGuid(),
            RefundId = id,
            Actor = actor,
            Reason = body.Reason!,
        });
        Decide<CorrectionRequest, CorrectReversal>(api, "/refunds/{id}/correct", "CorrectRefund", "Claim a rejected refund's miles again and make a new revision of its call", (id, body, actor) => new CorrectReversal
        {
            OperationId = body.OperationId ?? Guid.NewGuid(),
            RefundId = id,
            Actor = actor,
            Reason = body.Reason!,
            CollectorNumber = body.CollectorNumber,
            LocationCode = body.LocationCode,
            DeviceId = body.DeviceId,
            Offers = body.Miles,
            Context = body.Context,
        });
        Decide<DecisionRequest, CancelReversal>(api, "/refunds/{id}/cancel", "CancelRefund", "Take nothing back for this refund", (id, body, actor) => new CancelReversal
        {
            OperationId = body.OperationId ?? Guid.NewGuid(),
            RefundId = id,
            Actor = actor,
            Reason = body.Reason!,
        });
    }

    static void Decide<TRequest, TDecision>(RouteGroupBuilder api, string route, string name, string summary, Func<string, TRequest, string, TDecision> decision)
        where TRequest : DecisionRequest where TDecision : class, IDecision =>
        api.MapPost(route, async Task<Answer> (string id, TRequest body, HttpContext http, IRequestClient<TDecision> sagas, CancellationToken cancellationToken) =>
            {
                if (string.IsNullOrWhiteSpace(body.Reason) || body.Reason.Length > 500)
                    return TypedResults.Problem("reason is required: why, in at most 500 characters; it is kept with the order", statusCode: StatusCodes.Status400BadRequest, title: "No reason");
                id = id.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
                var asked = decision(id, body, http.User.Identity?.Name ?? "somebody");
                var answer = (await sagas.GetResponse<DecisionAnswer>(asked, cancellationToken)).Message;
                if (answer.State is null)
                    return TypedResults.Problem(answer.Refusal, statusCode: StatusCodes.Status404NotFound, title: "Unknown");
                return answer.Accepted
                    ? TypedResults.Accepted((string?)null, new DecisionTaken(answer.OperationId, answer.State))
                    : TypedResults.Problem(answer.Refusal, statusCode: StatusCodes.Status409Conflict, title: $"Refused: {answer.State}");
            })
            .WithName(name).WithTags("Decisions").WithSummary(summary)
            .RequireAuthorization(Roles.Operator)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable).ProducesProblem(StatusCodes.Status504GatewayTimeout);
}
