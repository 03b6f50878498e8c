namespace Loyalty.Messaging.Earning;

/// <summary>
/// One line and what has come back of it. Only sums are kept, and money that comes back by quantity is measured on the original line, so
/// the same refunds leave the same rest in whatever order they came.
/// </summary>
internal sealed class RemainingLine(BasketLine line)
{
    readonly Fraction _quantity = Fraction.Of(line.Quantity);
    readonly Fraction _amount = Fraction.Of(line.Amount);
    Fraction _returned;
    Fraction _returnedInProportion;
    Fraction _returnedAmount;
    bool _closed;

    public BasketLine Line => line;

    /// <summary>All of it has come back; a line without a quantity comes back only as a whole.</summary>
    public bool IsBack => _closed || (_quantity.Sign > 0 && !(_returned < _quantity));

    public Fraction Amount
    {
        get
        {
            if (IsBack)
                return Fraction.Zero;
            var back = _returnedAmount;
            if (_returnedInProportion.Sign > 0)
                back += _amount.Abs() * _returnedInProportion / _quantity;
            var rest = _amount.Abs() - back;
            if (rest.Sign <= 0)
                return Fraction.Zero;
            return _amount.Sign < 0 ? -rest : rest;
        }
    }

    /// <summary>Why <paramref name="refund"/> cannot come back of this line, else null.</summary>
    public string? Objection(RefundedLine refund)
    {
        if (refund.Quantity < 0)
            return $"Line {line.LineId}: quantity {refund.Quantity} is negative; send what comes back as a positive number";
        if (refund.Amount is { } amount && amount != 0 && Math.Sign(amount) != Math.Sign(line.Amount) && line.Amount != 0)
            return $"Line {line.LineId}: amount {amount} has the wrong sign; send it with the sign of the order's line ({line.Amount})";
        if (refund.Quantity is { } quantity && quantity > 0)
        {
            var returned = Fraction.Of(quantity) + (IsBack ? _quantity : _returned);
            if (returned > _quantity)
            {
                return $"Line {line.LineId}: quantity {quantity} is more than is left of the {line.Quantity} that were bought; "
                    + "correct the quantity, or leave it out to return the rest of the line";
            }
        }

        return null;
    }

    public void Return(RefundedLine refund)
    {
        if (refund is { Quantity: null, Amount: null })
        {
            Close();
            return;
        }

        var quantity = Fraction.Of(refund.Quantity ?? 0);
        _returned += quantity;
        if (refund.Amount is { } amount)
            _returnedAmount += Fraction.Of(amount).Abs();
        else if (_quantity.Sign > 0)
            _returnedInProportion += quantity;
    }

    public void Close() => _closed = true;
}
