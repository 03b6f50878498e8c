using Loyalty.Messaging.Ops.Access;
using Loyalty.Messaging.Ops.Shared;
using Loyalty.Messaging.Store.Orders;

namespace Loyalty.Messaging.Ops.Orders;

/// <summary><c>/refunds/{id}</c>: a refund is shown on its order's page.</summary>
internal static class RefundRedirect
{
    public static void MapRefundRedirect(this WebApplication app) =>
        app.MapGet("/refunds/{id}", ShowAsync).RequireAuthorization(Roles.Viewer).ExcludeFromDescription();

    static async Task<IResult> ShowAsync(string id, OrderQueries orders, CancellationToken cancellationToken)
    {
        id = Ids.FromPath(id);
        return await orders.OrderOfRefundAsync(id, cancellationToken) is { } order
            ? TypedResults.Redirect(Ids.RefundPath(order, id))
            : TypedResults.Problem($"There is no refund {id}", statusCode: StatusCodes.Status404NotFound, title: "Unknown refund");
    }
}
