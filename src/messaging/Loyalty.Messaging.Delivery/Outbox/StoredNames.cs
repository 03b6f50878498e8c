namespace Loyalty.Messaging.Delivery.Outbox;

/// <summary>What a row of the outbox is called before people.</summary>
public static class StoredNames
{
    /// <summary>The record's name, out of <c>urn:message:Namespace:Name</c>.</summary>
    public static string TypeOf(string urns) => urns.Split(';')[0].Split(':')[^1] is { Length: > 0 } name ? name : "a message";

    /// <summary>The exchange or queue, out of an address of the broker.</summary>
    public static string DestinationOf(string address) => address.Split('?')[0].Split(':', '/')[^1];
}
