using Loyalty.Messaging.Ops.Access;
using Loyalty.Messaging.Ops.Shared;
using Loyalty.Messaging.Store.Audit;
using Loyalty.Messaging.Store.Orders;

namespace Loyalty.Messaging.Ops.Orders;

/// <summary>The whole collector number of an order, from its page.</summary>
internal static class RevealForm
{
    public static void MapRevealForm(this RouteGroupBuilder forms) => forms.MapPost("/orders/{id}/reveal", RevealAsync);

    /// <summary>The number is shown once, on the page that follows.</summary>
    static async Task<IResult> RevealAsync(
        string id,
        IFormCollection form,
        HttpContext http,
        FlashMessage said,
        OrderQueries orders,
        AuditTrail audit,
        CancellationToken cancellationToken
    )
    {
        id = Ids.FromPath(id);
        if (Reasons.Mistake(form["reason"]) is { } mistake)
            return said.Refused(http, $"Nothing was shown: {mistake}", Ids.OrderPath(id));
        return await OrderEndpoints.RevealedAsync(id, form["reason"]!, http.Actor(), orders, audit, cancellationToken) is { } number
            ? said.Done(http, $"Collector number {number}: shown once; the audit log records that you saw it.", Ids.OrderPath(id))
            : said.Refused(http, $"There is no collector number of order {id}", Ids.OrderPath(id));
    }
}
