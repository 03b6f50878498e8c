namespace Loyalty.Messaging.Earning;

/// <summary>
/// The rules and the basket together give more miles than the issuer's whole-number field can hold; either an amount or the rules are
/// wrong, and nothing may be issued.
/// </summary>
public sealed class MilesOutOfRangeException : Exception
{
    public MilesOutOfRangeException() { }

    public MilesOutOfRangeException(string message)
        : base(message) { }

    public MilesOutOfRangeException(string message, Exception innerException)
        : base(message, innerException) { }
}
