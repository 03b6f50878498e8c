using System.Numerics;

namespace Loyalty.Messaging.Earning;

/// <summary>What is left of an order after the refunds that stand, and what that rest would have earned.</summary>
internal sealed class RemainingBasket
{
    readonly Basket _basket;
    readonly List<RemainingLine> _lines;
    bool _closed;

    public RemainingBasket(Basket basket, IEnumerable<RefundRequest> standing)
    {
        _basket = basket;
        _lines = [.. basket.Lines.Select(line => new RemainingLine(line))];
        foreach (var refund in standing)
        {
            if (refund.Full)
                Close();
            foreach (var back in refund.Lines)
                _lines.FirstOrDefault(line => line.Line.LineId == back.LineId)?.Return(back);
        }
    }

    public bool IsBack => _closed || (_lines.Count > 0 && _lines.TrueForAll(line => line.IsBack));

    public void Close()
    {
        _closed = true;
        foreach (var line in _lines)
            line.Close();
    }

    /// <summary>Takes the line out; the answer says why that is not possible, else null.</summary>
    public string? Return(RefundedLine back)
    {
        if (_lines.Count == 0)
            return $"Line {back.LineId}: the order was sent without lines; send \"full\": true, or the miles to take back in issuances";
        var matches = _lines.FindAll(line => line.Line.LineId == back.LineId);
        if (matches.Count == 0)
            return $"Line {back.LineId} is not a line of the order; send the lineId that the order was completed with";
        if (matches.Count > 1)
            return $"Line {back.LineId} occurs {matches.Count} times in the order; send \"full\": true, "
                + "or the miles to take back in issuances";
        if (matches[0].Objection(back) is { } objection)
            return objection;
        matches[0].Return(back);
        return null;
    }

    /// <summary>The lines that are still there, as the rules look at them. Coupon and day of the order stay what they were.</summary>
    public MeasuredBasket Measured =>
        new([.. _lines.Where(line => !line.IsBack).Select(line => new MeasuredLine(line.Line, line.Amount))], _basket.Coupons, _basket.Day);

    /// <summary>The part of miles calculated by commerce that the rest still deserves: in proportion to the money of its lines.</summary>
    public BigInteger Earned(OfferMiles offer)
    {
        var lines = offer.LineIds is { Count: > 0 } ids ? _lines.FindAll(line => ids.Contains(line.Line.LineId)) : _lines;
        var total = Fraction.Zero;
        var rest = Fraction.Zero;
        foreach (var line in lines)
        {
            total += Fraction.Of(line.Line.Amount);
            rest += line.Amount;
        }

        if (total.Sign <= 0)
        {
            var isBack = lines.Count == 0 ? IsBack : lines.TrueForAll(line => line.IsBack);
            return isBack ? BigInteger.Zero : offer.Miles;
        }

        return rest.Sign <= 0 ? BigInteger.Zero : (Fraction.Of((decimal)offer.Miles) * rest / total).Floor();
    }
}
