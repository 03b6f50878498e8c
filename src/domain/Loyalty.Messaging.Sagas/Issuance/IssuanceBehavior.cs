using Loyalty.Messaging.AirMiles;
using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.Earning;
using Loyalty.Messaging.Sagas.Calls;
using Loyalty.Messaging.Sagas.Content;
using MassTransit;
using OrderBinder = MassTransit.EventActivityBinder<
    Loyalty.Messaging.Sagas.Issuance.IssuanceState,
    Loyalty.Messaging.Contracts.OrderCompleted
>;

namespace Loyalty.Messaging.Sagas.Issuance;

/// <summary>The verbs of the issuance table: what is recorded, frozen, sent.</summary>
internal static class IssuanceBehavior
{
    public static OrderBinder RecordOrder(this OrderBinder binder, SagaTerms terms) =>
        binder.Then(context =>
        {
            var (saga, order) = (context.Saga, context.Message);
            saga.OrderId = order.OrderId;
            saga.ContentHash = ContentHash.Of(order);
            saga.CollectorNumber = order.CollectorNumber;
            saga.CollectorHash = terms.Collectors.Of(order.CollectorNumber);
            saga.SponsorCode = order.SponsorCode ?? terms.SponsorCode;
            saga.LocationCode = order.LocationCode;
            saga.DeviceId = order.DeviceId;
            saga.CompletedAt = order.CompletedAt;
            saga.UpdatedAt = terms.Now;
            saga.TransactionDay = terms.DayOf(saga.UpdatedAt);
            saga.Reason = Refusal(order, terms) ?? CheckDigit(context, order, terms);
            // Miles are worked out for a refused order too, unless the rules cannot measure it: a correction may send them after all.
            saga.Order = new FrozenOrder(
                IsMeasurable(order, terms) ? Earn(saga, order, terms) : IssuedFrom(order, terms, null, []),
                order.Context
            );
            saga.Miles = saga.Order.Issued.Offers.Sum(offer => offer.Miles);
        });

    /// <summary>Refused by ourselves, nothing earned, held for a person, or on its way to the issuer.</summary>
    public static OrderBinder Decide(this OrderBinder binder, IssuanceStateMachine machine, SagaTerms terms) =>
        binder.IfElse(
            context => context.Saga.Reason is not null,
            refused => refused.PublishRejected().TransitionTo(machine.Rejected).RejectClaims(terms),
            accepted =>
                accepted.IfElse(
                    context => context.Saga.Miles > 0,
                    earned =>
                        earned
                            .Weigh(terms)
                            .IfElse(
                                context => context.Saga.Reason is not null,
                                held => held.TransitionTo(machine.Held),
                                plausible => plausible.FreezeCall(terms).SendIssueMiles(terms).TransitionTo(machine.Issuing)
                            ),
                    nothing => nothing.PublishNotEarned().TransitionTo(machine.NotEarned).RejectClaims(terms)
                )
        );

    /// <summary>A new revision of the call: its bytes and key are fixed here, before the first send.</summary>
    public static EventActivityBinder<IssuanceState, T> FreezeCall<T>(this EventActivityBinder<IssuanceState, T> binder, SagaTerms terms)
        where T : class =>
        binder.Then(context =>
        {
            var saga = context.Saga;
            saga.Revision++;
            saga.Tries = 0;
            saga.ClientTransactionId = FrozenCalls.IssueTransactionId(saga.OrderId);
            saga.RequestedAt = terms.Now;
            saga.TransactionDay = terms.DayOf(saga.RequestedAt.Value);
            var call = FrozenCalls.Issue(
                terms,
                saga.OrderId,
                saga.Revision,
                new EventTransaction
                {
                    ClientTransactionId = saga.ClientTransactionId,
                    CollectorNumber = saga.CollectorNumber!,
                    Context = saga.Order!.Context,
                    Coupons = saga.Order.Issued.Basket.Coupons,
                    DeviceId = saga.DeviceId,
                    Issuances = FrozenCalls.Issuances(saga.Order.Issued.Offers, saga.LocationCode!),
                    SponsorCode = saga.SponsorCode!,
                    TransactionDateTime = saga.RequestedAt.Value,
                }
            );
            (saga.IdempotencyKey, saga.RequestBody) = (call.IdempotencyKey, call.Body.ToArray());
            SagaTelemetry.Frozen(IssuanceCall.Kind.Operation);
        });

    public static EventActivityBinder<IssuanceState, T> SendIssueMiles<T>(
        this EventActivityBinder<IssuanceState, T> binder,
        SagaTerms terms
    )
        where T : class =>
        binder.Send(
            context => terms.Queues.AddressOf(context.Saga.CollectorNumber!),
            context => new IssueMiles
            {
                OrderId = context.Saga.OrderId,
                CollectorNumber = context.Saga.CollectorNumber!,
                Revision = context.Saga.Revision,
                IdempotencyKey = context.Saga.IdempotencyKey!.Value,
                Body = context.Saga.RequestBody!,
            }
        );

    /// <summary>The order again: the same content is a duplicate, other content is never applied.</summary>
    public static OrderBinder RecogniseOrder(this OrderBinder binder) =>
        binder.Then(context =>
        {
            if (ContentHash.IsOf(context.Message, context.Saga.ContentHash))
            {
                context.Note(Notes.Text.Duplicate);
                return;
            }
            context.Note(Notes.Text.Conflict);
            SagaTelemetry.Conflicts.Add(1);
            context.DeadLetter(
                $"orderId {context.Saga.OrderId} has come before with other content; the first one stands. "
                    + "Correct the order with a refund, or under a new orderId"
            );
        });

    public static EventActivityBinder<IssuanceState, IssueConfirmed> ReportLateYes(
        this EventActivityBinder<IssuanceState, IssueConfirmed> binder
    ) =>
        binder.Then(context =>
        {
            context.NoteCall();
            context.DeadLetter(
                $"The issuer confirms a call of order {context.Saga.OrderId} that a correction has replaced after its no; "
                    + "ask AIR MILES whether both are on the account"
            );
        });

    /// <summary>What is wrong with the order under our configuration; null when nothing is.</summary>
    static string? Refusal(OrderCompleted order, SagaTerms terms)
    {
        if (order.SponsorCode is { } sponsor && sponsor != terms.SponsorCode && !terms.SponsorCodes.Contains(sponsor))
            return $"sponsorCode {sponsor} is not among AirMiles__SponsorCode and AirMiles__SponsorCodes";
        if (!IsMeasurable(order, terms))
            return $"currency {order.Currency}: the earn rules are written for {terms.Currency}; send the miles as issuances";
        return null;
    }

    static bool IsMeasurable(OrderCompleted order, SagaTerms terms) =>
        order.Issuances.Count > 0 || order.Currency is null || order.Currency == terms.Currency;

    /// <summary>A misread card: why the order is refused, or null and a note.</summary>
    static string? CheckDigit(BehaviorContext<IssuanceState> context, OrderCompleted order, SagaTerms terms)
    {
        if (terms.CollectorCheckDigit == CollectorCheckDigit.Off || CollectorNumber.HasCheckDigit(order.CollectorNumber))
            return null;
        var refused = terms.CollectorCheckDigit == CollectorCheckDigit.Refuse;
        SagaTelemetry.CheckDigits.Add(1, new KeyValuePair<string, object?>("outcome", refused ? "refused" : "warned"));
        if (refused)
            return "collectorNumber has a wrong check digit, and AirMiles__CollectorCheckDigit is refuse; "
                + "have the card read again and correct the number";
        context.Note(Notes.Text.CheckDigit);
        return null;
    }

    static IssuedMiles Earn(IssuanceState saga, OrderCompleted order, SagaTerms terms)
    {
        if (order.Issuances.Count > 0)
            return IssuedFrom(order, terms, null, GivenOffers.Of(order.Issuances));
        var issued = IssuedFrom(order, terms, terms.Rules, []);
        try
        {
            return issued with { Offers = EarnedMiles.For(terms.Rules, issued.Basket) };
        }
        catch (MilesOutOfRangeException exception)
        {
            saga.Reason ??= exception.Message;
            return issued;
        }
    }

    static IssuedMiles IssuedFrom(OrderCompleted order, SagaTerms terms, EarnRules? rules, IReadOnlyList<OfferMiles> offers) =>
        new()
        {
            Basket = OrderBasket.Of(order, terms.DayOf(order.CompletedAt)),
            Rules = rules,
            Offers = offers,
        };
}
