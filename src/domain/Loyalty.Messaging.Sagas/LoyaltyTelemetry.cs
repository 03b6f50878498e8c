namespace Loyalty.Messaging.Sagas;

/// <summary>What all rooms' figures and traces are found under.</summary>
public static class LoyaltyTelemetry
{
    /// <summary>Of every meter and of every source of traces. Dashboards hold on to it.</summary>
    public const string Name = "Loyalty.Messaging";
}
