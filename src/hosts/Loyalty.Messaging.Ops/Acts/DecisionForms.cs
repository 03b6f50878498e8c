using Loyalty.Messaging.Ops.Access;
using Loyalty.Messaging.Ops.Shared;
using Loyalty.Messaging.RabbitMq.Publish;
using Loyalty.Messaging.Store.Orders;
using MassTransit;

namespace Loyalty.Messaging.Ops.Acts;

/// <summary>The same decisions, from the forms of an order's page. Each ends on that page, with what came of it.</summary>
internal sealed class DecisionForms(DecisionSender sender, DecisionApproval approval, OrderQueries orders, FlashMessage said)
{
    const string NoAnswer =
        "No worker has answered in time. The decision may still be taken: look at the timeline below before you send it again";

    public static void Map(RouteGroupBuilder forms)
    {
        forms.MapPost("/orders/{id}/approve", Take(DecisionKinds.ApproveOrder));
        forms.MapPost("/orders/{id}/retry", Take(DecisionKinds.RetryOrder));
        forms.MapPost("/orders/{id}/correct", Take(DecisionKinds.CorrectOrder));
        forms.MapPost("/orders/{id}/cancel", Take(DecisionKinds.CancelOrder));
        forms.MapPost("/orders/{id}/timer", Take(DecisionKinds.MoveOrderTimer));
        forms.MapPost("/refunds/{id}/retry", Take(DecisionKinds.RetryRefund));
        forms.MapPost("/refunds/{id}/correct", Take(DecisionKinds.CorrectRefund));
        forms.MapPost("/refunds/{id}/cancel", Take(DecisionKinds.CancelRefund));
        forms.MapPost("/refunds/{id}/timer", Take(DecisionKinds.MoveRefundTimer));
    }

    static Delegate Take(DecisionKind kind) =>
        (string id, IFormCollection form, HttpContext http, DecisionForms decisions) =>
            decisions.TakeAsync(kind, Ids.FromPath(id), form, http);

    async Task<IResult> TakeAsync(DecisionKind kind, string id, IFormCollection form, HttpContext http)
    {
        if (await PageAsync(kind, id, http.RequestAborted) is not { } page)
            return said.Refused(http, $"There is no {kind.SubjectOf(id)}", "/orders");
        // Whoever came from a list goes back to it.
        page = People.LocalPath(form["return"]) is { Length: > 1 } other ? other : page;
        if ((Reasons.Mistake(form["reason"]) ?? kind.FormMistake(form)) is { } mistake)
            return said.Refused(http, $"Nothing was done: {mistake}", page);
        try
        {
            var asked = await kind.ReadAsync(form, id, http);
            if (asked.Mistake is { } wrong)
                return said.Refused(http, $"Nothing was done: {wrong.Sentence}", page);
            // What one person may not decide alone waits for a second.
            var (job, atMost) = await approval.AskAsync(kind, id, asked, http.Actor(), http.RequestAborted);
            if (job is not null)
                return said.Done(http, $"It waits for a second person: {job.NeedsApproval}.", $"/jobs/{job.Id}");
            var answer = await kind.TakeAsync(sender, id, asked with { AtMost = atMost }, http.Actor(), http.RequestAborted);
            return answer.Accepted
                ? said.Done(http, $"{kind.Done}. It is {answer.State} now.", page)
                : said.Refused(http, $"Not done: {answer.Refusal}.", page);
        }
        catch (RequestException exception)
        {
            var why = exception switch
            {
                UnsentQuestionException => $"{exception.Message}.",
                RequestFaultException => $"{DecisionSender.Failed}.",
                _ => NoAnswer,
            };
            return said.Refused(http, why, page);
        }
    }

    /// <returns>Null when there is no such refund.</returns>
    async Task<string?> PageAsync(DecisionKind kind, string id, CancellationToken cancellationToken) =>
        kind.About == DecisionKind.Order ? Ids.OrderPath(id)
        : await orders.OrderOfRefundAsync(id, cancellationToken) is { } order ? Ids.RefundPath(order, id)
        : null;
}
