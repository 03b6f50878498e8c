using Loyalty.Messaging.Ops.Access;
using Loyalty.Messaging.Ops.Shared;
using Loyalty.Messaging.RabbitMq.Publish;
using Loyalty.Messaging.Sagas.Decisions;
using Loyalty.Messaging.Store.Jobs;
using Loyalty.Messaging.Store.Orders;
using MassTransit;

namespace Loyalty.Messaging.Ops.Acts;

/// <summary>The same decisions, from the forms of an order's page. Each ends on that page, with what came of it.</summary>
internal sealed class DecisionForms(DecisionSender sender, BulkDecisions bulk, OrderQueries orders, FlashMessage said)
{
    const string NoAnswer =
        "No worker has answered in time. The decision may still be taken: look at the timeline below before you send it again";

    const string Failed = "A worker tried it and failed: nothing is changed, and the decision is among the dead letters, with the reason";

    public static void Map(RouteGroupBuilder forms)
    {
        foreach (var kind in DecisionKinds.All)
            forms.MapPost(
                kind.Route,
                (string id, IFormCollection form, HttpContext http, DecisionForms decisions) =>
                    decisions.TakeAsync(kind, Ids.FromPath(id), form, http)
            );
    }

    async Task<IResult> TakeAsync(DecisionKind kind, string id, IFormCollection form, HttpContext http)
    {
        if (await PageAsync(kind, id, http.RequestAborted) is not { } page)
            return said.Refused(http, $"There is no {kind.SubjectOf(id)}", "/orders");
        // From a list one goes back to the list.
        page = People.LocalPath(form["return"]) is { Length: > 1 } other ? other : page;
        if ((Reasons.Mistake(form["reason"]) ?? kind.FormMistake(form)) is { } mistake)
            return said.Refused(http, $"Nothing was done: {mistake}", page);
        try
        {
            var asked = await kind.ReadAsync(form, id, http);
            if (asked.Mistake is { } wrong)
                return said.Refused(http, $"Nothing was done: {wrong.Sentence}", page);
            var answer = await AskAsync(kind, id, asked, http);
            return answer.Accepted
                ? said.Done(http, $"{kind.Done}. It is {answer.State} now.", page)
                : said.Refused(http, $"Not done: {answer.Refusal}.", page);
        }
        catch (RequestException exception)
        {
            var why = exception switch
            {
                UnsentQuestionException => $"{exception.Message}.",
                RequestFaultException => Failed,
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

    /// <summary>What one person may not decide alone waits for a second.</summary>
    async Task<DecisionAnswer> AskAsync(DecisionKind kind, string id, DecisionRequest asked, HttpContext http)
    {
        var (job, atMost) = await bulk.AskAsync(kind, id, asked, http.Actor(), http.RequestAborted);
        return job is not null
            ? Waits(job)
            : await kind.TakeAsync(sender, id, asked with { AtMost = atMost }, http.Actor(), http.RequestAborted);
    }

    static DecisionAnswer Waits(Job job) =>
        new()
        {
            OperationId = job.Id,
            Accepted = false,
            State = job.State,
            Refusal = $"{job.NeedsApproval}: an approver other than you has to say yes on the page /jobs/{job.Id}",
        };
}
