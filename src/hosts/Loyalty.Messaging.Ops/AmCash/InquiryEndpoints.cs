using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.Ops.Access;
using Loyalty.Messaging.Ops.Shared;
using Loyalty.Messaging.RabbitMq.Publish;
using MassTransit;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Loyalty.Messaging.Ops.AmCash;

/// <summary><c>/api/v1/inquire</c>: a collector's balances, as a shop would ask for them. What is shown is what may be shown.</summary>
internal static class InquiryEndpoints
{
    const int LargestBody = 16 * 1024;

    public static void MapInquiry(this RouteGroupBuilder api) =>
        api.MapPost("/inquire", InquireAsync)
            .WithName("InquireBalance")
            .WithTags("AM Cash")
            .WithSummary("A collector's balances and offers, asked through a worker")
            .RequireAuthorization(Roles.Operator)
            .Accepts<InquireBalance>("application/json")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .ProducesProblem(StatusCodes.Status502BadGateway)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .ProducesProblem(StatusCodes.Status504GatewayTimeout);

    static async Task<Results<Ok<BalanceInquired>, ProblemHttpResult>> InquireAsync(
        HttpRequest request,
        IRequestClient<InquireBalance> workers,
        PublishWatch publishing,
        CancellationToken cancellationToken
    )
    {
        var body = new byte[LargestBody + 1];
        var length = await request.Body.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancellationToken);
        if (length > LargestBody)
            return TypedResults.Problem(
                $"The body must be at most {LargestBody} bytes long",
                statusCode: StatusCodes.Status413PayloadTooLarge
            );
        InquireBalance inquiry;
        try
        {
            inquiry = BalanceInquiries.Read(body.AsMemory(0, length));
        }
        catch (ContractViolationException violation)
        {
            return Problems.BadRequest(violation.Message);
        }
        publishing.ThrowUnlessTaking();
        var answer = await workers.GetResponse<BalanceInquired, BalanceInquiryFailed>(inquiry, cancellationToken);
        return answer.Is(out Response<BalanceInquired>? inquired) ? TypedResults.Ok(inquired.Message)
            : answer.Is(out Response<BalanceInquiryFailed>? failed) ? ProblemOf(failed.Message)
            : throw new InvalidOperationException("A worker gave an answer that is not in the contract");
    }

    static ProblemHttpResult ProblemOf(BalanceInquiryFailed failed) =>
        TypedResults.Problem(
            $"{(failed.ResponseCode is null ? "" : failed.ResponseCode + " ")}{failed.Reason}"
                + $"{(failed.Message is null ? "" : $" ({failed.Message})")}. To act: {failed.Actor}",
            statusCode: failed.Outcome switch
            {
                "refused" or "invalid" => StatusCodes.Status422UnprocessableEntity,
                "later" or "outage" or "unavailable" => StatusCodes.Status503ServiceUnavailable,
                _ => StatusCodes.Status502BadGateway,
            },
            title: "No balances",
            extensions: new Dictionary<string, object?> { ["inquiry"] = failed }
        );
}
