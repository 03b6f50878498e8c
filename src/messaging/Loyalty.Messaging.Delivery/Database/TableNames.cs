namespace Loyalty.Messaging.Delivery.Database;

/// <summary>What the room's tables are called.</summary>
public static class TableNames
{
    /// <summary>Messages that consumers have dealt with.</summary>
    public const string Inbox = "inbox";

    /// <summary>Messages that are committed and not yet confirmed by the broker.</summary>
    public const string Outbox = "outbox";

    /// <summary>What every delivery did.</summary>
    public const string Journal = "journal";
}
