using Loyalty.Messaging.Persistence.Queries;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Loyalty.Messaging.Ops.Orders;

/// <summary><c>/api/v1/orders</c>.</summary>
internal static class OrderEndpoints
{
    public static void MapOrders(this RouteGroupBuilder api) =>
        api.MapGet("/orders/{orderId}", ShowAsync)
            .WithName("ShowOrder").WithTags("Orders").WithSummary("What became of an order and its refunds, with everything that happened, oldest first")
            .ProducesProblem(StatusCodes.Status404NotFound);

    static async Task<Results<Ok<OrderView>, ProblemHttpResult>> ShowAsync(string orderId, OrderQueries queries, CancellationToken cancellationToken)
    {
        // An order id may hold a slash, which stays encoded in a path; it cannot hold a percent sign.
        orderId = orderId.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        return await queries.FindOrderAsync(orderId, cancellationToken) is { } order
            ? TypedResults.Ok(order)
            : TypedResults.Problem($"Neither the order {orderId} nor a refund of it has come here", statusCode: StatusCodes.Status404NotFound, title: "Unknown order");
    }
}
