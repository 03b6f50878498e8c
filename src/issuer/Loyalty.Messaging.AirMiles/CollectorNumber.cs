namespace Loyalty.Messaging.AirMiles;

/// <summary>
/// The eleventh digit of a collector number. The issuer has not published how it is made: the rule is read off numbers that are in use, so
/// that it may warn of a misread card before the issuer does, and decides only where it is told to.
/// </summary>
public static class CollectorNumber
{
    static ReadOnlySpan<byte> Weights => [6, 5, 4, 3, 8, 7, 6, 5, 4, 3];

    /// <summary>
    /// Whether the last digit follows from the others: weighted sum modulo 11; a remainder r of 0 or 1 gives 0, any other 11 - r.
    /// </summary>
    /// <param name="number">11 digits; anything else has no check digit.</param>
    public static bool HasCheckDigit(string number)
    {
        ArgumentNullException.ThrowIfNull(number);
        if (number.Length != 11 || !number.All(char.IsAsciiDigit))
            return false;
        var sum = 0;
        for (var index = 0; index < Weights.Length; index++)
            sum += Weights[index] * (number[index] - '0');
        var remainder = sum % 11;
        return number[^1] - '0' == (remainder < 2 ? 0 : 11 - remainder);
    }
}

/// <summary>What is done about a collector number whose check digit is wrong.</summary>
public enum CollectorCheckDigit
{
    /// <summary>Nothing; it is not looked at.</summary>
    Off,

    /// <summary>It is noted and counted, and the order continues: the issuer decides.</summary>
    Warn,

    /// <summary>The order is rejected without a call.</summary>
    Refuse,
}
