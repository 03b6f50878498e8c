using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.Earning;
using Loyalty.Messaging.RabbitMq.Commerce;
using Loyalty.Messaging.Sagas;
using Loyalty.Messaging.Sagas.Calls;
using Loyalty.Messaging.Sagas.Content;
using Loyalty.Messaging.Sagas.Issuance;
using Loyalty.Messaging.Sagas.Plausibility;
using Loyalty.Messaging.Sagas.Reversal;
using Loyalty.Messaging.Store.DeadLetters;
using Loyalty.Messaging.Store.Orders;

namespace Loyalty.Messaging.DeadLetters.Replaying;

/// <summary>
/// Says what sending dead letters again would do, from what is known of their orders and refunds now. It changes nothing; what decides in
/// the end are the sagas' rows, which nothing that is sent twice can make issue twice.
/// </summary>
public sealed class Forecasts(SettledQueries settled, SagaTiming timing, PlausibilityLimits plausibility, TimeProvider time)
{
    EarnRules? _rules;
    bool _rulesRead;

    /// <param name="letters">A bounded number, in the order of sending.</param>
    public async Task<IReadOnlyList<Forecast>> OfAsync(IReadOnlyList<DeadLetter> letters, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(letters);
        var orderIds = letters.Select(letter => letter.OrderId).OfType<string>().Distinct().ToList();
        var known = new Known(
            await settled.OrdersAsync(orderIds, cancellationToken),
            await settled.RefundsAsync([.. letters.Select(letter => letter.RefundId).OfType<string>().Distinct()], cancellationToken),
            await settled.OldestOpenAsync(orderIds, cancellationToken),
            letters.Where(letter => letter is { Exchange: WireNames.OrderCompleted, OrderId: not null }).ToLookup(letter => letter.OrderId!)
        );
        if (!_rulesRead)
            (_rules, _rulesRead) = (await settled.NewestRulesAsync(cancellationToken), true);
        var first = new HashSet<string>();
        return
        [
            .. letters.Select(letter =>
                Of(letter, known, letter.OrderId is null || first.Add($"{letter.OrderId} {letter.RefundId} {letter.MessageType}"))
            ),
        ];
    }

    Forecast Of(DeadLetter letter, Known known, bool isFirst)
    {
        if (!ReplayRoute.IsKnown(letter))
            return new Forecast(
                Effect.RefusedAgain,
                null,
                $"Nobody is known to read {letter.Endpoint} any more, or nobody waits for the answer"
            );
        if (letter.Exchange is not (WireNames.OrderCompleted or WireNames.OrderRefunded))
            return Inner(letter, known);
        var reading = CommerceEventCheck.Read(letter.Exchange, letter.ContentType, letter.MessageId, letter.Body);
        if (reading.Violations.Count > 0)
            return new Forecast(
                Effect.RefusedAgain,
                null,
                $"It breaks the contract: {reading.Violations[0].Field} {reading.Violations[0].Problem}".TrimEnd()
            );
        if (!isFirst)
            return new Forecast(
                Effect.Waits,
                null,
                "Waits behind an earlier one of the same order, and is measured against what that leaves"
            )
            {
                Bound = Of(letter, known, true).Most,
            };
        return reading.Message switch
        {
            OrderCompleted order => OfOrder(order, known.Orders.GetValueOrDefault(order.OrderId)),
            OrderRefunded refund => OfRefund(refund, known),
            _ => new Forecast(Effect.Repeats, null, "It is delivered once more"),
        };
    }

    Forecast OfOrder(OrderCompleted order, IssuanceState? row)
    {
        if (row?.ContentHash is { } hash)
            return ContentHash.IsOf(order, hash)
                ? new Forecast(Effect.Nothing, null, $"The order is known and {Told(row)}")
                : new Forecast(Effect.RefusedAgain, null, $"Another order has arrived under this id: {Told(row)}");
        if (order.Issuances.Count > 0)
            return Issues(order, order.Issuances.Sum(offer => (long)offer.MilesAmount), "as commerce calculated them");
        if (_rules is null)
            return new Forecast(Effect.Issues, null, "Miles are issued; how many is not known, because no order has been measured yet");
        try
        {
            var miles = EarnedMiles.For(_rules, OrderBasket.Of(order, null)).Sum(offer => (long)offer.Miles);
            return miles == 0
                ? new Forecast(Effect.Nothing, 0, "The order earns no miles")
                : Issues(order, miles, $"by the rules {_rules.Version}");
        }
        catch (MilesOutOfRangeException exception)
        {
            return new Forecast(Effect.RefusedAgain, null, exception.Message);
        }
    }

    /// <summary>What a collector has in a day is not looked at: that is known when the order comes.</summary>
    Forecast Issues(OrderCompleted order, long miles, string how)
    {
        var whole = (int)Math.Min(miles, int.MaxValue);
        return plausibility.OfOrder(whole, order.CompletedAt, time.GetUtcNow()) is { } implausible
            ? new Forecast(Effect.Waits, null, $"It is held until a person approves it: {implausible.Reason}") { Bound = whole }
            : new Forecast(Effect.Issues, whole, $"{miles} miles are issued, {how}");
    }

    Forecast OfRefund(OrderRefunded refund, Known known)
    {
        if (known.Refunds.TryGetValue(refund.RefundId, out var row))
            return ContentHash.IsOf(refund, row.ContentHash)
                ? new Forecast(
                    Effect.Nothing,
                    null,
                    $"The refund is known and {row.CurrentState}{(row.Miles > 0 ? $", {row.Miles} miles" : "")}"
                )
                : new Forecast(Effect.RefusedAgain, null, $"Another refund has arrived under this id: {row.CurrentState}");
        if (!known.Orders.TryGetValue(refund.OrderId, out var order) || order.ContentHash is null)
            return new Forecast(
                Effect.Waits,
                null,
                known.OrdersToCome.Contains(refund.OrderId) ? "Waits for its order, which is among these dead letters"
                    : known.OldestOpen.ContainsKey(refund.OrderId) ? "Waits for its order, of which there is a dead letter"
                    : "Waits for its order, which has not arrived"
            )
            {
                Bound = Smaller(Said(refund), MostOf(known.OrdersToCome[refund.OrderId], known)),
            };
        switch (SagaKind.MeaningOf(SagaKind.Issue, order.CurrentState))
        {
            case { Effect: CallEffect.Rejected } or { Effect: CallEffect.None, IsOpen: false }:
                return new Forecast(Effect.Nothing, 0, $"Its order is {order.CurrentState}: there is nothing to take back");
            case { Effect: CallEffect.Confirmed or CallEffect.Pending }:
                var standing = order
                    .Claims.Where(claim => claim.Status == ClaimStatus.Granted)
                    .Select(claim => new ReversalGrant(claim.Refund, claim.Miles))
                    .ToList();
                return RefundArithmetic.Grant(order.Order!.Issued, standing, RefundWish.Of(refund)) switch
                {
                    RefundAnswer.Granted granted when granted.Miles.Sum(offer => offer.Miles) is > 0 and var miles => new Forecast(
                        Effect.Reverses,
                        miles,
                        $"{miles} of the order's {order.Miles} miles are taken back"
                    ),
                    RefundAnswer.Refused refused => new Forecast(Effect.RefusedAgain, null, refused.Reason),
                    _ => new Forecast(Effect.Nothing, 0, "What remains of the order still earns all of its miles"),
                };
            default:
                return new Forecast(Effect.Waits, null, $"Waits until its order, which is {order.CurrentState}, is settled")
                {
                    Bound = Smaller(Said(refund), order.Miles - order.ReversedMiles),
                };
        }
    }

    /// <summary>The miles that the refund asks for itself; null when they follow from its lines.</summary>
    static int? Said(OrderRefunded refund) =>
        refund.Issuances.Count == 0 ? null : (int)Math.Min(refund.Issuances.Sum(offer => (long)offer.MilesAmount), int.MaxValue);

    /// <summary>What one of these would issue as the first of its order; whichever is taken, the others are not.</summary>
    int? MostOf(IEnumerable<DeadLetter> orders, Known known)
    {
        int? most = null;
        foreach (var letter in orders)
            most = Of(letter, known, true).Most is { } miles ? Math.Max(most ?? 0, miles) : int.MaxValue;
        return most == int.MaxValue ? null : most;
    }

    static int? Smaller(int? one, int? other) =>
        one is null ? other
        : other is null ? one
        : Math.Min(one.Value, other.Value);

    /// <summary>A message between our own queues.</summary>
    Forecast Inner(DeadLetter letter, Known known)
    {
        if (
            letter.RefundId is { } refundId
            && known.Refunds.TryGetValue(refundId, out var refund)
            && SagaKind.MeaningOf(SagaKind.Reverse, refund.CurrentState) is { IsOpen: false }
        )
            return new Forecast(Effect.Nothing, null, $"The refund is {refund.CurrentState} already");
        if (
            letter.RefundId is null
            && letter.OrderId is { } orderId
            && known.Orders.TryGetValue(orderId, out var order)
            && SagaKind.MeaningOf(SagaKind.Issue, order.CurrentState) is { IsOpen: false }
        )
            return new Forecast(Effect.Nothing, null, $"The order is known and {Told(order)}");
        if (MayTakeEffectTwice(letter, known))
            return new Forecast(
                Effect.Repeats,
                null,
                "The issuer may have forgotten the key of this call: made again, it may take effect twice"
            );
        var sentence = letter.MessageType is "IssueMiles" or "ReverseMiles"
            ? "The same call goes out under the same key: the issuer answers as it did, or does it once"
            : $"{letter.MessageType ?? "The message"} is delivered once more";
        return new Forecast(Effect.Repeats, null, sentence) { Bound = Bound(letter, known) };
    }

    bool MayTakeEffectTwice(DeadLetter letter, Known known) =>
        letter.MessageType switch
        {
            "IssueMiles" => letter.OrderId is { } orderId
                && known.Orders.TryGetValue(orderId, out var order)
                && ForgottenKeys.MayTakeEffectTwice(
                    order.CurrentState,
                    order.EffectUnknown,
                    order.TimerToken is not null,
                    order.RequestedAt,
                    timing,
                    time.GetUtcNow()
                ),
            "ReverseMiles" => letter.RefundId is { } refundId
                && known.Refunds.TryGetValue(refundId, out var refund)
                && ForgottenKeys.MayTakeEffectTwice(
                    refund.CurrentState,
                    refund.EffectUnknown,
                    refund.TimerToken is not null,
                    refund.RequestedAt,
                    timing,
                    time.GetUtcNow()
                ),
            _ => false,
        };

    /// <summary>Nothing about an order or its refunds moves more than the order's miles, but a correction that sets others.</summary>
    static int? Bound(DeadLetter letter, Known known) =>
        letter.MessageType is not ("CorrectIssuance" or "CorrectReversal")
        && letter.OrderId is { } orderId
        && known.Orders.TryGetValue(orderId, out var order)
        && order.ContentHash is not null
            ? order.Miles
            : null;

    static string Told(IssuanceState row) =>
        $"{row.CurrentState}{(row.Miles > 0 ? $", {row.Miles} miles" : "")}"
        + (row.TransactionId is null ? "" : $", confirmed by the issuer as {row.TransactionId}");

    sealed record Known(
        IReadOnlyDictionary<string, IssuanceState> Orders,
        IReadOnlyDictionary<string, ReversalState> Refunds,
        IReadOnlyDictionary<string, DateTimeOffset> OldestOpen,
        ILookup<string, DeadLetter> OrdersToCome
    );
}
