using System.Diagnostics;

namespace Loyalty.Messaging.Delivery.Database;

/// <summary>Named moments of a delivery that a diagnostic listener can watch; crash tests end the process at one of them.</summary>
public static class Points
{
    public const string BeforeCommit = "transaction.committing";
    public const string Committed = "transaction.committed";
    public const string Delivered = "outbox.delivered";
    public const string LettersTaken = "dead-letters.taken";

    static readonly DiagnosticListener Listener = new("Loyalty.Messaging.Delivery");

    public static void Reach(string point, Guid messageId)
    {
        if (Listener.IsEnabled(point))
            Listener.Write(point, messageId.ToString());
    }
}
