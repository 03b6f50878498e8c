using Loyalty.Messaging.Sagas.Decisions;
using Loyalty.Messaging.Store.Jobs;
using Loyalty.Messaging.Store.Orders;

namespace Loyalty.Messaging.Ops.Acts;

/// <summary>All that a person can decide about one order or refund.</summary>
internal static class DecisionKinds
{
    public static IReadOnlyList<DecisionKind> All { get; } =
    [
        new DecisionKind<OrderApprovalRequest, ApproveIssuance>
        {
            About = DecisionKind.Order,
            Act = DecisionActs.Approve,
            Verb = "approve",
            JobKind = JobKinds.Approve,
            Name = "ApproveOrder",
            Summary = "Issue the miles of an order that is held",
            Done = "The order is approved and on its way to the issuer",
            Form = (form, _, _) => Task.FromResult(DecisionFields.Approval(form)),
            Command = (asked, basics) =>
                new()
                {
                    OperationId = basics.OperationId,
                    OrderId = basics.Id,
                    Actor = basics.Actor,
                    Reason = basics.Reason,
                    AtMost = asked.AtMost,
                },
        },
        new DecisionKind<RetryRequest, RetryIssuance>
        {
            About = DecisionKind.Order,
            Act = DecisionActs.Retry,
            Verb = "retry",
            JobKind = JobKinds.Retry,
            Name = "RetryOrder",
            Summary = "Send the same call again, now",
            Done = "The call is made again",
            Form = (form, _, _) => Task.FromResult(DecisionFields.Retry(form)),
            Command = (asked, basics) =>
                new()
                {
                    OperationId = basics.OperationId,
                    OrderId = basics.Id,
                    Actor = basics.Actor,
                    Reason = basics.Reason,
                    AtMost = asked.AtMost,
                    EvenIfForgotten = asked.EvenIfForgotten,
                },
        },
        new DecisionKind<CorrectionRequest, CorrectIssuance>
        {
            About = DecisionKind.Order,
            Act = DecisionActs.Correct,
            Verb = "correct",
            JobKind = JobKinds.Correct,
            Name = "CorrectOrder",
            Summary = "Make a new revision of a rejected order's call",
            Done = "The order is corrected and on its way to the issuer",
            FormMistake = OfferFields.Mistake,
            Form = async (form, id, http) => DecisionFields.Correction(form, (await OrderAsync(id, http))?.Offers),
            Command = (asked, basics) =>
                new()
                {
                    OperationId = basics.OperationId,
                    OrderId = basics.Id,
                    Actor = basics.Actor,
                    Reason = basics.Reason,
                    CollectorNumber = asked.CollectorNumber,
                    LocationCode = asked.LocationCode,
                    DeviceId = asked.DeviceId,
                    Offers = asked.Miles,
                    Context = asked.Context,
                    AtMost = asked.Offers is null ? asked.AtMost : null,
                },
        },
        new DecisionKind<CancellationRequest, CancelIssuance>
        {
            About = DecisionKind.Order,
            Act = DecisionActs.Cancel,
            Verb = "cancel",
            JobKind = JobKinds.Cancel,
            Name = "CancelOrder",
            Summary = "No miles for this order",
            Done = "The order is cancelled: no miles for it",
            Form = (form, _, _) => Task.FromResult(DecisionFields.Cancellation(form)),
            Command = (asked, basics) =>
                new()
                {
                    OperationId = basics.OperationId,
                    OrderId = basics.Id,
                    Actor = basics.Actor,
                    Reason = basics.Reason,
                    NoEffect = asked.NoEffect,
                    AtMost = asked.AtMost,
                },
        },
        new DecisionKind<TimerRequest, MoveIssuanceTimer>
        {
            About = DecisionKind.Order,
            Act = DecisionActs.MoveTimer,
            Verb = "timer",
            Name = "MoveOrderTimer",
            Summary = "Move the order's timer, or remove it",
            Done = "The timer is moved",
            Form = (form, _, http) => Task.FromResult(DecisionFields.Timer(form, TimeOf(http))),
            Command = (asked, basics) =>
                new()
                {
                    OperationId = basics.OperationId,
                    OrderId = basics.Id,
                    Actor = basics.Actor,
                    Reason = basics.Reason,
                    DueAt = asked.DueAt,
                },
        },
        new DecisionKind<RetryRequest, RetryReversal>
        {
            About = DecisionKind.Refund,
            Act = DecisionActs.Retry,
            Verb = "retry",
            JobKind = JobKinds.Retry,
            Name = "RetryRefund",
            Summary = "Send the same call again, now",
            Done = "The call is made again",
            Form = (form, _, _) => Task.FromResult(DecisionFields.Retry(form)),
            Command = (asked, basics) =>
                new()
                {
                    OperationId = basics.OperationId,
                    RefundId = basics.Id,
                    Actor = basics.Actor,
                    Reason = basics.Reason,
                    AtMost = asked.AtMost,
                    EvenIfForgotten = asked.EvenIfForgotten,
                },
        },
        new DecisionKind<CorrectionRequest, CorrectReversal>
        {
            About = DecisionKind.Refund,
            Act = DecisionActs.Correct,
            Verb = "correct",
            JobKind = JobKinds.Correct,
            Name = "CorrectRefund",
            Summary = "Claim a rejected refund's miles again and make a new revision of its call",
            Done = "The refund is corrected and asks its order again",
            FormMistake = OfferFields.Mistake,
            Form = async (form, id, http) => DecisionFields.Correction(form, (await RefundAsync(id, http))?.Offers),
            Command = (asked, basics) =>
                new()
                {
                    OperationId = basics.OperationId,
                    RefundId = basics.Id,
                    Actor = basics.Actor,
                    Reason = basics.Reason,
                    CollectorNumber = asked.CollectorNumber,
                    LocationCode = asked.LocationCode,
                    DeviceId = asked.DeviceId,
                    Offers = asked.Miles,
                    Context = asked.Context,
                    AtMost = asked.Offers is null ? asked.AtMost : null,
                },
        },
        new DecisionKind<CancellationRequest, CancelReversal>
        {
            About = DecisionKind.Refund,
            Act = DecisionActs.Cancel,
            Verb = "cancel",
            JobKind = JobKinds.Cancel,
            Name = "CancelRefund",
            Summary = "Take nothing back for this refund",
            Done = "The refund is cancelled: nothing is taken back for it",
            Form = (form, _, _) => Task.FromResult(DecisionFields.Cancellation(form)),
            Command = (asked, basics) =>
                new()
                {
                    OperationId = basics.OperationId,
                    RefundId = basics.Id,
                    Actor = basics.Actor,
                    Reason = basics.Reason,
                    NoEffect = asked.NoEffect,
                    AtMost = asked.AtMost,
                },
        },
        new DecisionKind<TimerRequest, MoveReversalTimer>
        {
            About = DecisionKind.Refund,
            Act = DecisionActs.MoveTimer,
            Verb = "timer",
            Name = "MoveRefundTimer",
            Summary = "Move the refund's timer, or remove it",
            Done = "The timer is moved",
            Form = (form, _, http) => Task.FromResult(DecisionFields.Timer(form, TimeOf(http))),
            Command = (asked, basics) =>
                new()
                {
                    OperationId = basics.OperationId,
                    RefundId = basics.Id,
                    Actor = basics.Actor,
                    Reason = basics.Reason,
                    DueAt = asked.DueAt,
                },
        },
    ];

    /// <param name="jobKind">One of <see cref="JobKinds"/>.</param>
    /// <param name="about">An order or a refund.</param>
    public static DecisionKind Of(string jobKind, string about) => All.Single(kind => kind.JobKind == jobKind && kind.About == about);

    static TimeProvider TimeOf(HttpContext http) => http.RequestServices.GetRequiredService<TimeProvider>();

    static Task<OrderView?> OrderAsync(string id, HttpContext http) =>
        http.RequestServices.GetRequiredService<OrderQueries>().FindOrderAsync(id, http.RequestAborted);

    static async Task<ReversalView?> RefundAsync(string id, HttpContext http) =>
        await http.RequestServices.GetRequiredService<OrderQueries>().OrderOfRefundAsync(id, http.RequestAborted) is { } order
            ? (await OrderAsync(order, http))?.Reversals.FirstOrDefault(reversal => reversal.RefundId == id)
            : null;
}
