using System.Data.Common;

namespace Loyalty.Messaging.Delivery.Database;

/// <summary>
/// The delivery has waited for the database long enough and goes back to its queue. Transient: it is never a reason to give a message up.
/// </summary>
public sealed class DatabaseAwayException(string why, Exception inner) : DbException($"{why}; the delivery goes back to the queue", inner)
{
    public DatabaseAwayException(Exception inner)
        : this($"The database has been away for {DatabaseGate.LongestWait.TotalMinutes:0} minutes", inner) { }

    public override bool IsTransient => true;
}
