using Loyalty.Messaging.Jobs;
using Loyalty.Messaging.Sagas.Decisions;
using Loyalty.Messaging.Store.Orders;

namespace Loyalty.Messaging.Ops.Acts;

/// <summary>What was asked for, by the API or by a form, as commands to the sagas.</summary>
internal static class AskedDecisions
{
    public static Task<DecisionAnswer> ApproveOrderAsync(
        this DecisionSender sender,
        string id,
        OrderApprovalRequest asked,
        Actor actor,
        CancellationToken cancellationToken
    ) =>
        sender.TakeAsync(
            new ApproveIssuance
            {
                OperationId = Operation(asked),
                OrderId = id,
                Actor = actor.Name,
                Reason = asked.Reason!,
                AtMost = asked.AtMost,
            },
            actor,
            DecisionActs.Approve,
            Order(id),
            null,
            cancellationToken
        );

    public static Task<DecisionAnswer> RetryOrderAsync(
        this DecisionSender sender,
        string id,
        RetryRequest asked,
        Actor actor,
        CancellationToken cancellationToken
    ) =>
        sender.TakeAsync(
            new RetryIssuance
            {
                OperationId = Operation(asked),
                OrderId = id,
                Actor = actor.Name,
                Reason = asked.Reason!,
                AtMost = asked.AtMost,
                EvenIfForgotten = asked.EvenIfForgotten,
            },
            actor,
            DecisionActs.Retry,
            Order(id),
            asked.ForAudit,
            cancellationToken
        );

    public static Task<DecisionAnswer> CancelOrderAsync(
        this DecisionSender sender,
        string id,
        CancellationRequest asked,
        Actor actor,
        CancellationToken cancellationToken
    ) =>
        sender.TakeAsync(
            new CancelIssuance
            {
                OperationId = Operation(asked),
                OrderId = id,
                Actor = actor.Name,
                Reason = asked.Reason!,
                NoEffect = asked.NoEffect,
                AtMost = asked.AtMost,
            },
            actor,
            DecisionActs.Cancel,
            Order(id),
            asked.ForAudit,
            cancellationToken
        );

    public static Task<DecisionAnswer> CorrectOrderAsync(
        this DecisionSender sender,
        string id,
        CorrectionRequest asked,
        Actor actor,
        CancellationToken cancellationToken
    ) =>
        sender.TakeAsync(
            new CorrectIssuance
            {
                OperationId = Operation(asked),
                OrderId = id,
                Actor = actor.Name,
                Reason = asked.Reason!,
                CollectorNumber = asked.CollectorNumber,
                LocationCode = asked.LocationCode,
                DeviceId = asked.DeviceId,
                Offers = asked.Miles,
                Context = asked.Context,
                AtMost = asked.Offers is null ? asked.AtMost : null,
            },
            actor,
            DecisionActs.Correct,
            Order(id),
            asked.ForAudit,
            cancellationToken
        );

    public static Task<DecisionAnswer> MoveOrderTimerAsync(
        this DecisionSender sender,
        string id,
        TimerRequest asked,
        Actor actor,
        CancellationToken cancellationToken
    ) =>
        sender.TakeAsync(
            new MoveIssuanceTimer
            {
                OperationId = Operation(asked),
                OrderId = id,
                Actor = actor.Name,
                Reason = asked.Reason!,
                DueAt = asked.DueAt,
            },
            actor,
            DecisionActs.MoveTimer,
            Order(id),
            asked.ForAudit,
            cancellationToken
        );

    public static Task<DecisionAnswer> RetryRefundAsync(
        this DecisionSender sender,
        string id,
        RetryRequest asked,
        Actor actor,
        CancellationToken cancellationToken
    ) =>
        sender.TakeAsync(
            new RetryReversal
            {
                OperationId = Operation(asked),
                RefundId = id,
                Actor = actor.Name,
                Reason = asked.Reason!,
                AtMost = asked.AtMost,
                EvenIfForgotten = asked.EvenIfForgotten,
            },
            actor,
            DecisionActs.Retry,
            Refund(id),
            asked.ForAudit,
            cancellationToken
        );

    public static Task<DecisionAnswer> CancelRefundAsync(
        this DecisionSender sender,
        string id,
        CancellationRequest asked,
        Actor actor,
        CancellationToken cancellationToken
    ) =>
        sender.TakeAsync(
            new CancelReversal
            {
                OperationId = Operation(asked),
                RefundId = id,
                Actor = actor.Name,
                Reason = asked.Reason!,
                NoEffect = asked.NoEffect,
                AtMost = asked.AtMost,
            },
            actor,
            DecisionActs.Cancel,
            Refund(id),
            asked.ForAudit,
            cancellationToken
        );

    public static Task<DecisionAnswer> CorrectRefundAsync(
        this DecisionSender sender,
        string id,
        CorrectionRequest asked,
        Actor actor,
        CancellationToken cancellationToken
    ) =>
        sender.TakeAsync(
            new CorrectReversal
            {
                OperationId = Operation(asked),
                RefundId = id,
                Actor = actor.Name,
                Reason = asked.Reason!,
                CollectorNumber = asked.CollectorNumber,
                LocationCode = asked.LocationCode,
                DeviceId = asked.DeviceId,
                Offers = asked.Miles,
                Context = asked.Context,
                AtMost = asked.Offers is null ? asked.AtMost : null,
            },
            actor,
            DecisionActs.Correct,
            Refund(id),
            asked.ForAudit,
            cancellationToken
        );

    public static Task<DecisionAnswer> MoveRefundTimerAsync(
        this DecisionSender sender,
        string id,
        TimerRequest asked,
        Actor actor,
        CancellationToken cancellationToken
    ) =>
        sender.TakeAsync(
            new MoveReversalTimer
            {
                OperationId = Operation(asked),
                RefundId = id,
                Actor = actor.Name,
                Reason = asked.Reason!,
                DueAt = asked.DueAt,
            },
            actor,
            DecisionActs.MoveTimer,
            Refund(id),
            asked.ForAudit,
            cancellationToken
        );

    /// <summary>As it was weighed.</summary>
    public static T Weighed<T>(this T asked, int? atMost)
        where T : DecisionRequest => (T)((DecisionRequest)asked with { AtMost = atMost });

    static Guid Operation(DecisionRequest asked) => asked.OperationId ?? Guid.NewGuid();

    static string Order(string id) => $"order {id}";

    static string Refund(string id) => $"refund {id}";
}
