using Loyalty.Messaging.Earning;
using Loyalty.Messaging.Sagas.Decisions;
using Loyalty.Messaging.Store.Jobs;
using Loyalty.Messaging.Store.Orders;

namespace Loyalty.Messaging.Ops.Acts;

/// <summary>All that a person can decide about one order or refund.</summary>
internal static class DecisionKinds
{
    public static DecisionKind<OrderApprovalRequest, ApproveIssuance> ApproveOrder { get; } =
        new()
        {
            About = DecisionKind.Order,
            Act = DecisionActs.Approve,
            JobKind = JobKinds.Approve,
            Name = nameof(ApproveOrder),
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
        };

    public static DecisionKind<RetryRequest, RetryIssuance> RetryOrder { get; } =
        Retry<RetryIssuance>(
            DecisionKind.Order,
            nameof(RetryOrder),
            "Send the same call again, now",
            "The call is made again",
            (asked, basics) =>
                new()
                {
                    OperationId = basics.OperationId,
                    OrderId = basics.Id,
                    Actor = basics.Actor,
                    Reason = basics.Reason,
                    AtMost = asked.AtMost,
                    EvenIfForgotten = asked.EvenIfForgotten,
                }
        );

    public static DecisionKind<CorrectionRequest, CorrectIssuance> CorrectOrder { get; } =
        Correct<CorrectIssuance>(
            DecisionKind.Order,
            nameof(CorrectOrder),
            "Make a new revision of a rejected order's call",
            "The order is corrected and on its way to the issuer",
            (asked, basics) =>
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
                }
        );

    public static DecisionKind<CancellationRequest, CancelIssuance> CancelOrder { get; } =
        Cancel<CancelIssuance>(
            DecisionKind.Order,
            nameof(CancelOrder),
            "No miles for this order",
            "The order is cancelled: no miles for it",
            (asked, basics) =>
                new()
                {
                    OperationId = basics.OperationId,
                    OrderId = basics.Id,
                    Actor = basics.Actor,
                    Reason = basics.Reason,
                    AtMost = asked.AtMost,
                    NoEffect = asked.NoEffect,
                }
        );

    public static DecisionKind<TimerRequest, MoveIssuanceTimer> MoveOrderTimer { get; } =
        MoveTimer<MoveIssuanceTimer>(
            DecisionKind.Order,
            nameof(MoveOrderTimer),
            "Move the order's timer, or remove it",
            "The timer is moved",
            (asked, basics) =>
                new()
                {
                    OperationId = basics.OperationId,
                    OrderId = basics.Id,
                    Actor = basics.Actor,
                    Reason = basics.Reason,
                    DueAt = asked.DueAt,
                }
        );

    public static DecisionKind<RetryRequest, RetryReversal> RetryRefund { get; } =
        Retry<RetryReversal>(
            DecisionKind.Refund,
            nameof(RetryRefund),
            "Send the same call again, now",
            "The call is made again",
            (asked, basics) =>
                new()
                {
                    OperationId = basics.OperationId,
                    RefundId = basics.Id,
                    Actor = basics.Actor,
                    Reason = basics.Reason,
                    AtMost = asked.AtMost,
                    EvenIfForgotten = asked.EvenIfForgotten,
                }
        );

    public static DecisionKind<CorrectionRequest, CorrectReversal> CorrectRefund { get; } =
        Correct<CorrectReversal>(
            DecisionKind.Refund,
            nameof(CorrectRefund),
            "Claim a rejected refund's miles again and make a new revision of its call",
            "The refund is corrected and asks its order again",
            (asked, basics) =>
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
                }
        );

    public static DecisionKind<CancellationRequest, CancelReversal> CancelRefund { get; } =
        Cancel<CancelReversal>(
            DecisionKind.Refund,
            nameof(CancelRefund),
            "Take nothing back for this refund",
            "The refund is cancelled: nothing is taken back for it",
            (asked, basics) =>
                new()
                {
                    OperationId = basics.OperationId,
                    RefundId = basics.Id,
                    Actor = basics.Actor,
                    Reason = basics.Reason,
                    AtMost = asked.AtMost,
                    NoEffect = asked.NoEffect,
                }
        );

    public static DecisionKind<TimerRequest, MoveReversalTimer> MoveRefundTimer { get; } =
        MoveTimer<MoveReversalTimer>(
            DecisionKind.Refund,
            nameof(MoveRefundTimer),
            "Move the refund's timer, or remove it",
            "The timer is moved",
            (asked, basics) =>
                new()
                {
                    OperationId = basics.OperationId,
                    RefundId = basics.Id,
                    Actor = basics.Actor,
                    Reason = basics.Reason,
                    DueAt = asked.DueAt,
                }
        );

    public static IReadOnlyList<DecisionKind> All { get; } =
    [ApproveOrder, RetryOrder, CorrectOrder, CancelOrder, MoveOrderTimer, RetryRefund, CorrectRefund, CancelRefund, MoveRefundTimer];

    /// <param name="jobKind">One of <see cref="JobKinds"/>.</param>
    /// <param name="about">An order or a refund.</param>
    public static DecisionKind Of(string jobKind, string about) => All.Single(kind => kind.JobKind == jobKind && kind.About == about);

    static DecisionKind<RetryRequest, TCommand> Retry<TCommand>(
        string about,
        string name,
        string summary,
        string done,
        Func<RetryRequest, DecisionBasics, TCommand> command
    )
        where TCommand : class, IDecision =>
        new()
        {
            About = about,
            Act = DecisionActs.Retry,
            JobKind = JobKinds.Retry,
            Name = name,
            Summary = summary,
            Done = done,
            Form = (form, _, _) => Task.FromResult(DecisionFields.Retry(form)),
            Command = command,
        };

    static DecisionKind<CorrectionRequest, TCommand> Correct<TCommand>(
        string about,
        string name,
        string summary,
        string done,
        Func<CorrectionRequest, DecisionBasics, TCommand> command
    )
        where TCommand : class, IDecision =>
        new()
        {
            About = about,
            Act = DecisionActs.Correct,
            JobKind = JobKinds.Correct,
            Name = name,
            Summary = summary,
            Done = done,
            FormMistake = OfferFields.Mistake,
            Form = async (form, id, http) => DecisionFields.Correction(form, await OffersAsync(about, id, http)),
            Command = command,
        };

    static DecisionKind<CancellationRequest, TCommand> Cancel<TCommand>(
        string about,
        string name,
        string summary,
        string done,
        Func<CancellationRequest, DecisionBasics, TCommand> command
    )
        where TCommand : class, IDecision =>
        new()
        {
            About = about,
            Act = DecisionActs.Cancel,
            JobKind = JobKinds.Cancel,
            Name = name,
            Summary = summary,
            Done = done,
            Form = (form, _, _) => Task.FromResult(DecisionFields.Cancellation(form)),
            Command = command,
        };

    static DecisionKind<TimerRequest, TCommand> MoveTimer<TCommand>(
        string about,
        string name,
        string summary,
        string done,
        Func<TimerRequest, DecisionBasics, TCommand> command
    )
        where TCommand : class, IDecision =>
        new()
        {
            About = about,
            Act = DecisionActs.MoveTimer,
            Name = name,
            Summary = summary,
            Done = done,
            FormMistake = DecisionFields.TimerMistake,
            Form = (form, _, http) => Task.FromResult(DecisionFields.Timer(form, TimeOf(http))),
            Command = command,
        };

    static TimeProvider TimeOf(HttpContext http) => http.RequestServices.GetRequiredService<TimeProvider>();

    /// <summary>What it has now.</summary>
    static async Task<IReadOnlyList<OfferMiles>?> OffersAsync(string about, string id, HttpContext http)
    {
        var orders = http.RequestServices.GetRequiredService<OrderQueries>();
        var orderId = about == DecisionKind.Order ? id : await orders.OrderOfRefundAsync(id, http.RequestAborted);
        var order = orderId is null ? null : await orders.FindOrderAsync(orderId, http.RequestAborted);
        return about == DecisionKind.Order ? order?.Offers : order?.Reversals.FirstOrDefault(reversal => reversal.RefundId == id)?.Offers;
    }
}
