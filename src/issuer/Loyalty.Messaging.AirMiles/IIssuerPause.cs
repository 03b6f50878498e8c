namespace Loyalty.Messaging.AirMiles;

/// <summary>Whether this process has stopped sending to the issuer for now.</summary>
public interface IIssuerPause
{
    /// <summary>Since when nothing but probes is sent; null while everything is.</summary>
    DateTimeOffset? Since { get; }

    /// <summary>Why, in a few words; null while nothing is paused.</summary>
    string? Cause { get; }
}
