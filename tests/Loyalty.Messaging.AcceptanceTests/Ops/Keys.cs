namespace Loyalty.Messaging.AcceptanceTests.Ops;

/// <summary>The keys of the people at a guarded site.</summary>
internal static class Keys
{
    public static readonly string Viewer = RunningSite.KeyOf("viewer");
    public static readonly string Operator = RunningSite.KeyOf("operator");
    public static readonly string Approver = RunningSite.KeyOf("approver");

    /// <summary>Another approver's.</summary>
    public static readonly string Second = RunningSite.KeyOf("second");
}
