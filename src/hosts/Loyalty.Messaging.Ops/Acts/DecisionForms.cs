using Loyalty.Messaging.Jobs;
using Loyalty.Messaging.Ops.Access;
using Loyalty.Messaging.Ops.Shared;
using Loyalty.Messaging.RabbitMq.Publish;
using Loyalty.Messaging.Sagas.Decisions;
using Loyalty.Messaging.Store.Orders;
using MassTransit;

namespace Loyalty.Messaging.Ops.Acts;

/// <summary>The same decisions, from the forms of an order's page. Each ends on that page, with what came of it.</summary>
internal static class DecisionForms
{
    const string NoAnswer =
        "No worker has answered in time. The decision may still be taken: look at the timeline below before you send it again";

    const string Failed = "A worker tried it and failed: nothing is changed, and the decision is among the dead letters, with the reason";

    public static void MapDecisionForms(this RouteGroupBuilder forms)
    {
        forms.MapPost(
            "/orders/{id}/approve",
            (string id, IFormCollection form, HttpContext http, FlashMessage said, CancellationToken cancellationToken) =>
                OrderAsync(
                    id,
                    form,
                    http,
                    said,
                    "The order is approved and on its way to the issuer",
                    (sender, order, actor) =>
                        AskAsync(
                            http,
                            $"order {order}",
                            DecisionFields.Approval(form),
                            actor,
                            asked => sender.ApproveOrderAsync(order, asked, actor, cancellationToken)
                        )
                )
        );
        forms.MapPost(
            "/orders/{id}/retry",
            (string id, IFormCollection form, HttpContext http, FlashMessage said, CancellationToken cancellationToken) =>
                OrderAsync(
                    id,
                    form,
                    http,
                    said,
                    "The call is made again",
                    (sender, order, actor) =>
                        AskAsync(
                            http,
                            $"order {order}",
                            DecisionFields.Retry(form),
                            actor,
                            asked => sender.RetryOrderAsync(order, asked, actor, cancellationToken)
                        )
                )
        );
        forms.MapPost(
            "/orders/{id}/cancel",
            (string id, IFormCollection form, HttpContext http, FlashMessage said, CancellationToken cancellationToken) =>
                OrderAsync(
                    id,
                    form,
                    http,
                    said,
                    "The order is cancelled: no miles for it",
                    (sender, order, actor) =>
                        AskAsync(
                            http,
                            $"order {order}",
                            DecisionFields.Cancellation(form),
                            actor,
                            asked => sender.CancelOrderAsync(order, asked, actor, cancellationToken)
                        )
                )
        );
        forms.MapPost(
            "/orders/{id}/timer",
            (
                string id,
                IFormCollection form,
                HttpContext http,
                FlashMessage said,
                TimeProvider time,
                CancellationToken cancellationToken
            ) =>
                OrderAsync(
                    id,
                    form,
                    http,
                    said,
                    "The timer is moved",
                    (sender, order, actor) => sender.MoveOrderTimerAsync(order, DecisionFields.Timer(form, time), actor, cancellationToken),
                    DecisionFields.Timer(form, time).Mistake()
                )
        );
        forms.MapPost(
            "/orders/{id}/correct",
            (
                string id,
                IFormCollection form,
                HttpContext http,
                FlashMessage said,
                OrderQueries orders,
                CancellationToken cancellationToken
            ) =>
                OrderAsync(
                    id,
                    form,
                    http,
                    said,
                    "The order is corrected and on its way to the issuer",
                    async (sender, order, actor) =>
                        await AskAsync(
                            http,
                            $"order {order}",
                            DecisionFields.Correction(form, (await orders.FindOrderAsync(order, cancellationToken))?.Offers),
                            actor,
                            asked => sender.CorrectOrderAsync(order, asked, actor, cancellationToken)
                        ),
                    OfferFields.Mistake(form)
                )
        );
        forms.MapPost(
            "/refunds/{id}/retry",
            (string id, IFormCollection form, HttpContext http, FlashMessage said, CancellationToken cancellationToken) =>
                RefundAsync(
                    id,
                    form,
                    http,
                    said,
                    "The call is made again",
                    (sender, refund, actor) =>
                        AskAsync(
                            http,
                            $"refund {refund}",
                            DecisionFields.Retry(form),
                            actor,
                            asked => sender.RetryRefundAsync(refund, asked, actor, cancellationToken)
                        )
                )
        );
        forms.MapPost(
            "/refunds/{id}/cancel",
            (string id, IFormCollection form, HttpContext http, FlashMessage said, CancellationToken cancellationToken) =>
                RefundAsync(
                    id,
                    form,
                    http,
                    said,
                    "The refund is cancelled: nothing is taken back for it",
                    (sender, refund, actor) =>
                        AskAsync(
                            http,
                            $"refund {refund}",
                            DecisionFields.Cancellation(form),
                            actor,
                            asked => sender.CancelRefundAsync(refund, asked, actor, cancellationToken)
                        )
                )
        );
        forms.MapPost(
            "/refunds/{id}/timer",
            (
                string id,
                IFormCollection form,
                HttpContext http,
                FlashMessage said,
                TimeProvider time,
                CancellationToken cancellationToken
            ) =>
                RefundAsync(
                    id,
                    form,
                    http,
                    said,
                    "The timer is moved",
                    (sender, refund, actor) =>
                        sender.MoveRefundTimerAsync(refund, DecisionFields.Timer(form, time), actor, cancellationToken),
                    DecisionFields.Timer(form, time).Mistake()
                )
        );
        forms.MapPost(
            "/refunds/{id}/correct",
            (
                string id,
                IFormCollection form,
                HttpContext http,
                FlashMessage said,
                OrderQueries orders,
                CancellationToken cancellationToken
            ) =>
                RefundAsync(
                    id,
                    form,
                    http,
                    said,
                    "The refund is corrected and asks its order again",
                    async (sender, refund, actor) =>
                        await AskAsync(
                            http,
                            $"refund {refund}",
                            DecisionFields.Correction(form, await OffersOfAsync(refund, orders, cancellationToken)),
                            actor,
                            asked => sender.CorrectRefundAsync(refund, asked, actor, cancellationToken)
                        ),
                    OfferFields.Mistake(form)
                )
        );
    }

    /// <summary>What one person may not decide alone waits for a second.</summary>
    static async Task<DecisionAnswer> AskAsync<T>(
        HttpContext http,
        string subject,
        T asked,
        Actor actor,
        Func<T, Task<DecisionAnswer>> take
    )
        where T : DecisionRequest
    {
        var (job, atMost) = await http
            .RequestServices.GetRequiredService<BulkDecisions>()
            .AskAsync(subject, asked, actor, http.RequestAborted);
        return job is null ? await take(asked.Weighed(atMost)) : Waits(job);
    }

    static DecisionAnswer Waits(Store.Jobs.Job job) =>
        new()
        {
            OperationId = job.Id,
            Accepted = false,
            State = job.State,
            Refusal = $"{job.NeedsApproval}: an approver other than you has to say yes on the page /jobs/{job.Id}",
        };

    static Task<IResult> OrderAsync(
        string id,
        IFormCollection form,
        HttpContext http,
        FlashMessage said,
        string done,
        Func<DecisionSender, string, Actor, Task<DecisionAnswer>> take,
        string? mistake = null
    )
    {
        id = Ids.FromPath(id);
        return TakeAsync(id, Ids.OrderPath(id), form, http, said, done, take, mistake);
    }

    static async Task<IResult> RefundAsync(
        string id,
        IFormCollection form,
        HttpContext http,
        FlashMessage said,
        string done,
        Func<DecisionSender, string, Actor, Task<DecisionAnswer>> take,
        string? mistake = null
    )
    {
        id = Ids.FromPath(id);
        var order = await http.RequestServices.GetRequiredService<OrderQueries>().OrderOfRefundAsync(id, http.RequestAborted);
        return order is null
            ? said.Refused(http, $"There is no refund {id}", "/orders")
            : await TakeAsync(id, Ids.RefundPath(order, id), form, http, said, done, take, mistake);
    }

    static async Task<IResult> TakeAsync(
        string id,
        string page,
        IFormCollection form,
        HttpContext http,
        FlashMessage said,
        string done,
        Func<DecisionSender, string, Actor, Task<DecisionAnswer>> take,
        string? mistake
    )
    {
        // From a list one goes back to the list.
        page = People.LocalPath(form["return"]) is { Length: > 1 } other ? other : page;
        if ((Reasons.Mistake(form["reason"]) ?? mistake) is { } wrong)
            return said.Refused(http, $"Nothing was done: {wrong}", page);
        try
        {
            var answer = await take(http.RequestServices.GetRequiredService<DecisionSender>(), id, http.Actor());
            return answer.Accepted
                ? said.Done(http, $"{done}. It is {answer.State} now.", page)
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

    static async Task<IReadOnlyList<Earning.OfferMiles>?> OffersOfAsync(
        string refundId,
        OrderQueries orders,
        CancellationToken cancellationToken
    ) =>
        await orders.OrderOfRefundAsync(refundId, cancellationToken) is { } order
            ? (await orders.FindOrderAsync(order, cancellationToken))
                ?.Reversals.FirstOrDefault(reversal => reversal.RefundId == refundId)
                ?.Offers
            : null;
}
