namespace Loyalty.Messaging.AirMiles;

/// <summary>
/// Whether a request may begin: only while it is certain that nobody else will call for the same collector before it can have ended.
/// </summary>
public interface IRequestPermit
{
    /// <summary>
    /// Asked before every request, and once more when its bytes are about to leave: a process may have been frozen in between.
    /// </summary>
    /// <param name="request">How long it may take.</param>
    bool Lasts(TimeSpan request);
}

/// <summary>Where one process alone calls.</summary>
internal sealed class UnlimitedPermit : IRequestPermit
{
    public bool Lasts(TimeSpan request) => true;
}
