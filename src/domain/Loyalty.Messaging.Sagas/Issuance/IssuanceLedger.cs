using Loyalty.Messaging.Earning;
using Loyalty.Messaging.Sagas.Reversal;
using MassTransit;

namespace Loyalty.Messaging.Sagas.Issuance;

/// <summary>
/// The ledger side of an issuance: claims of refunds are recorded, granted in the order of asking, turned down, given back.
/// A claim is answered at once or when the order is settled, by this row's own lock: no wake-up can be lost and no two refunds see the same
/// miles.
/// </summary>
internal static class IssuanceLedger
{
    /// <summary>A refund came before its order.</summary>
    public static EventActivityBinder<IssuanceState, ClaimReversal> OpenLedger(
        this EventActivityBinder<IssuanceState, ClaimReversal> binder,
        SagaTerms terms
    ) =>
        binder.Then(context =>
        {
            context.Saga.OrderId = context.Message.OrderId;
            context.Saga.UpdatedAt = terms.Now;
        });

    /// <summary>A claim that was granted or refused before gets the same answer again.</summary>
    public static EventActivityBinder<IssuanceState, ClaimReversal> RecordClaim(
        this EventActivityBinder<IssuanceState, ClaimReversal> binder,
        SagaTerms terms
    ) =>
        binder.ThenAsync(context =>
        {
            var index = context.Saga.Claims.FindIndex(claim => claim.Refund.RefundId == context.Message.Refund.RefundId);
            var claim = new Claim(context.Message.Refund, ClaimStatus.Waiting, [], context.Message.Number);
            if (index < 0)
            {
                context.Saga.Claims.Add(claim);
            }
            else if (context.Saga.Claims[index] is { } known && known.Number >= claim.Number)
            {
                return known.Number == claim.Number && known.Status is ClaimStatus.Granted or ClaimStatus.Refused
                    ? Answer(context, context.Saga, known, null)
                    : Task.CompletedTask;
            }
            else
            {
                // The corrected refund asks anew; what it had before is the order's again.
                context.Saga.Claims[index] = claim;
            }
            Account(context.Saga, terms);
            return Task.CompletedTask;
        });

    /// <summary>
    /// The order is settled: every claim that is not answered yet, or was turned down because nothing had been issued, is granted or
    /// refused.
    /// </summary>
    public static EventActivityBinder<IssuanceState, T> GrantClaims<T>(this EventActivityBinder<IssuanceState, T> binder, SagaTerms terms)
        where T : class =>
        binder.ThenAsync(async context =>
        {
            var saga = context.Saga;
            for (var index = 0; index < saga.Claims.Count; index++)
            {
                if (saga.Claims[index].Status is not (ClaimStatus.Waiting or ClaimStatus.NotRequired))
                    continue;
                var standing = saga
                    .Claims.Where(claim => claim.Status == ClaimStatus.Granted)
                    .Select(claim => new ReversalGrant(claim.Refund, claim.Miles))
                    .ToList();
                var answer = RefundArithmetic.Grant(saga.Order!.Issued, standing, saga.Claims[index].Refund);
                var reason = (answer as RefundAnswer.Refused)?.Reason;
                saga.Claims[index] = answer is RefundAnswer.Granted granted
                    ? saga.Claims[index] with
                    {
                        Status = ClaimStatus.Granted,
                        Miles = granted.Miles,
                    }
                    : saga.Claims[index] with
                    {
                        Status = ClaimStatus.Refused,
                    };
                Account(saga, terms);
                await Answer(context, saga, saga.Claims[index], reason);
            }
        });

    /// <summary>Nothing was issued: there is nothing to take back, unless a correction issues miles after all.</summary>
    public static EventActivityBinder<IssuanceState, T> RejectClaims<T>(this EventActivityBinder<IssuanceState, T> binder, SagaTerms terms)
        where T : class =>
        binder.ThenAsync(async context =>
        {
            var saga = context.Saga;
            for (var index = 0; index < saga.Claims.Count; index++)
            {
                if (saga.Claims[index].Status is not ClaimStatus.Waiting)
                    continue;
                saga.Claims[index] = saga.Claims[index] with { Status = ClaimStatus.NotRequired };
                Account(saga, terms);
                await Answer(context, saga, saga.Claims[index], null);
            }
        });

    /// <summary>
    /// The reversal did not happen, or will not: its miles and its lines are the order's again, and nothing is granted to it later.
    /// </summary>
    public static EventActivityBinder<IssuanceState, GiveBackReversal> GiveBack(
        this EventActivityBinder<IssuanceState, GiveBackReversal> binder,
        SagaTerms terms
    ) =>
        binder.Then(context =>
        {
            var saga = context.Saga;
            var index = saga.Claims.FindIndex(claim =>
                claim.Refund.RefundId == context.Message.RefundId
                && claim.Number == context.Message.Number
                && claim.Status is ClaimStatus.Granted or ClaimStatus.Waiting or ClaimStatus.NotRequired
            );
            if (index < 0)
                return;
            context.Note(new Notes.Ledger("given-back", context.Message.RefundId, Total(saga.Claims[index].Miles), null));
            saga.Claims[index] = saga.Claims[index] with { Status = ClaimStatus.GivenBack, Miles = [] };
            Account(saga, terms);
        });

    /// <summary>The issuer has taken the miles back after all, when they had been given back here.</summary>
    public static EventActivityBinder<IssuanceState, TakeReversalAgain> TakeAgain(
        this EventActivityBinder<IssuanceState, TakeReversalAgain> binder,
        SagaTerms terms
    ) =>
        binder.Then(context =>
        {
            var (saga, taken) = (context.Saga, context.Message);
            var index = saga.Claims.FindIndex(claim =>
                claim.Refund.RefundId == taken.RefundId && claim.Number == taken.Number && claim.Status != ClaimStatus.Granted
            );
            if (index < 0)
                return;
            var miles = Total(taken.Offers);
            if (saga.ReversedMiles + miles > saga.Miles)
            {
                context.DeadLetter(
                    $"The issuer has taken back {miles} miles for refund {taken.RefundId} after all, "
                        + $"and order {taken.OrderId} has granted them to others meanwhile: "
                        + $"the account is short of what is above its {saga.Miles} miles"
                );
                return;
            }
            saga.Claims[index] = saga.Claims[index] with { Status = ClaimStatus.Granted, Miles = taken.Offers };
            context.Note(new Notes.Ledger("taken-again", taken.RefundId, miles, "The issuer has confirmed the reversal after all"));
            Account(saga, terms);
        });

    static void Account(IssuanceState saga, SagaTerms terms)
    {
        saga.ReversedMiles = saga.Claims.Where(claim => claim.Status == ClaimStatus.Granted).Sum(claim => Total(claim.Miles));
        saga.UpdatedAt = terms.Now;
    }

    static int Total(IReadOnlyList<OfferMiles> offers) => offers.Sum(offer => offer.Miles);

    static Task Answer(ConsumeContext context, IssuanceState saga, Claim claim, string? reason)
    {
        context.Note(new Notes.Ledger(claim.Status.ToString(), claim.Refund.RefundId, Total(claim.Miles), reason));
        return claim.Status switch
        {
            ClaimStatus.Granted => context.Send(
                IssuerQueues.ReversalAddress,
                new ReversalGranted
                {
                    RefundId = claim.Refund.RefundId,
                    Number = claim.Number,
                    Offers = claim.Miles,
                    CollectorNumber = saga.CollectorNumber!,
                    SponsorCode = saga.SponsorCode!,
                    LocationCode = saga.LocationCode!,
                    DeviceId = saga.DeviceId,
                    OriginalClientTransactionId = saga.ClientTransactionId!,
                }
            ),
            ClaimStatus.Refused => context.Send(
                IssuerQueues.ReversalAddress,
                new ReversalRefused
                {
                    RefundId = claim.Refund.RefundId,
                    Number = claim.Number,
                    Reason = reason ?? "The refund does not fit its order",
                }
            ),
            _ => context.Send(
                IssuerQueues.ReversalAddress,
                new ReversalNotNeeded
                {
                    RefundId = claim.Refund.RefundId,
                    Number = claim.Number,
                    Reason = saga.Miles == 0 ? "The order earned no miles" : $"The order's miles were not issued ({saga.CurrentState})",
                }
            ),
        };
    }
}
