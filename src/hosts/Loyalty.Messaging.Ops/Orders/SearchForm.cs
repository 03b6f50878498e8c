using Loyalty.Messaging.Ops.Access;
using Loyalty.Messaging.Ops.Shared;
using Loyalty.Messaging.Ops.Shared.Components;
using Loyalty.Messaging.Sagas.Collectors;
using Loyalty.Messaging.Store.DeadLetters;
using Loyalty.Messaging.Store.Orders;

namespace Loyalty.Messaging.Ops.Orders;

/// <summary>The box at the top of every page. It is posted, so that a collector number stands in no address, log or history.</summary>
internal static class SearchForm
{
    // Not among the other forms, which are for operators: policies add up.
    public static void MapSearch(this WebApplication app) =>
        app.MapPost("/search", SearchAsync).RequireAuthorization(Roles.Viewer).ExcludeFromDescription();

    static async Task<IResult> SearchAsync(
        IFormCollection form,
        HttpContext http,
        OrderListQueries orders,
        DeadLetterQueries letters,
        CollectorIndex collectors,
        CollectorTickets tickets,
        FlashMessage said,
        CancellationToken cancellationToken
    )
    {
        var text = form["q"].ToString().Trim();
        if (text.Length == 0)
            return new SeeOtherRedirect("/orders");
        if (await orders.FindAsync(text, cancellationToken) is { } found)
            return new SeeOtherRedirect(Ids.PathOf(found.OrderId, found.RefundId));
        var number = Ids.CollectorNumberOf(text);
        // An event that was given up before it became an order.
        if (
            number is null
            && (await letters.ListAsync(new DeadLetterSelection { OrderId = text }, null, 1, cancellationToken)).Items.Count > 0
        )
            return new SeeOtherRedirect($"/dead-letters?order={Uri.EscapeDataString(text)}");
        if (number is null)
            return said.Answer(
                http,
                NoticeKinds.Warn,
                $"No order or refund with the id {text} has arrived. Ids must match exactly, including case.",
                "/orders"
            );
        return collectors.Of(number) is { } hash
            ? new SeeOtherRedirect($"/orders?collector={tickets.For(hash)}")
            : said.Refused(http, "Orders cannot be looked up by collector: Collectors__IndexKey is not set.", "/orders");
    }
}
