using Loyalty.Messaging.Ops.Faults;
using Loyalty.Messaging.Ops.Shared;

namespace Loyalty.Messaging.Ops.Description;

/// <summary>Examples in the API's description of what all features have in common.</summary>
internal static class Examples
{
    /// <summary>The only body that is no JSON: the issuer's statement of a day.</summary>
    public const string Statement = "clientTransactionId,miles,sponsorCode\nI-W-1001,8,KENY\n";

    public static string OfPath(string parameter, string operation) =>
        parameter switch
        {
            "day" => "2026-11-21",
            "orderId" => "W-1001",
            "id" when operation.EndsWith("Refund", StringComparison.Ordinal) || operation == "MoveRefundTimer" => "RF-77",
            "id" when operation.EndsWith("Order", StringComparison.Ordinal) || operation is "MoveOrderTimer" or "RevealCollector" =>
                "W-1001",
            _ => Sample.Id.ToString(),
        };

    /// <summary>A sentence such as a problem of that status has.</summary>
    public static string DetailOf(int status) =>
        FaultsRegistration.SentenceFor(status, forPeople: false) is { } sentence && status != StatusCodes.Status404NotFound
            ? sentence
            : status switch
            {
                StatusCodes.Status400BadRequest => Reasons.Mistake(null)!,
                StatusCodes.Status404NotFound => $"There is no job {Sample.Id}",
                StatusCodes.Status409Conflict => "Its state does not allow this",
                StatusCodes.Status422UnprocessableEntity => "order-completed: locationCode is required",
                StatusCodes.Status502BadGateway =>
                    "A worker tried it and failed; its log says why, and a decision is among the dead letters",
                StatusCodes.Status503ServiceUnavailable =>
                    "The database does not answer; ask again in a moment. Work continues when it is back; nothing is lost",
                StatusCodes.Status504GatewayTimeout => "No worker has answered in time; ask again, or check whether one is running",
                _ => throw new InvalidOperationException($"Status {status} has no example yet"),
            };
}
