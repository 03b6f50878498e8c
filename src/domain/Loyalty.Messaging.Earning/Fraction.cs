using System.Numerics;

namespace Loyalty.Messaging.Earning;

/// <summary>
/// An exact number. A third of a line has no decimal representation, and three rounded thirds may fall just short of the step that they
/// reach together; miles must not depend on that.
/// </summary>
internal readonly struct Fraction
{
    readonly BigInteger _numerator;
    readonly BigInteger _denominatorLessOne; // so that default(Fraction) is 0 and not 0/0

    Fraction(BigInteger numerator, BigInteger denominator)
    {
        _numerator = numerator;
        _denominatorLessOne = denominator - BigInteger.One;
    }

    public static Fraction Zero => default;

    public int Sign => _numerator.Sign;

    BigInteger Denominator => _denominatorLessOne + BigInteger.One;

    public static Fraction Of(decimal value)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value, bits);
        var scale = (bits[3] >> 16) & 0xFF;
        var mantissa = new BigInteger(new decimal(bits[0], bits[1], bits[2], bits[3] < 0, 0));
        return new Fraction(mantissa, BigInteger.Pow(10, scale));
    }

    public static Fraction Of(BigInteger value) => new(value, BigInteger.One);

    public static Fraction operator +(Fraction left, Fraction right) =>
        left._denominatorLessOne == right._denominatorLessOne
            ? new Fraction(left._numerator + right._numerator, left.Denominator)
            : Reduced((left._numerator * right.Denominator) + (right._numerator * left.Denominator), left.Denominator * right.Denominator);

    public static Fraction operator -(Fraction value) => new(-value._numerator, value.Denominator);

    public static Fraction operator -(Fraction left, Fraction right) => left + -right;

    public static Fraction operator *(Fraction left, Fraction right) =>
        Reduced(left._numerator * right._numerator, left.Denominator * right.Denominator);

    public static Fraction operator /(Fraction left, Fraction right)
    {
        if (right.Sign == 0)
            throw new DivideByZeroException();
        var numerator = left._numerator * right.Denominator;
        var denominator = left.Denominator * right._numerator;
        return denominator.Sign < 0 ? Reduced(-numerator, -denominator) : Reduced(numerator, denominator);
    }

    public static bool operator <(Fraction left, Fraction right) => (left - right).Sign < 0;

    public static bool operator >(Fraction left, Fraction right) => (left - right).Sign > 0;

    public Fraction Abs() => Sign < 0 ? -this : this;

    /// <summary>The whole part of a number that is 0 or more.</summary>
    public BigInteger Floor() => _numerator / Denominator;

    static Fraction Reduced(BigInteger numerator, BigInteger denominator)
    {
        var divisor = BigInteger.GreatestCommonDivisor(numerator, denominator);
        return divisor.IsOne ? new Fraction(numerator, denominator) : new Fraction(numerator / divisor, denominator / divisor);
    }
}
