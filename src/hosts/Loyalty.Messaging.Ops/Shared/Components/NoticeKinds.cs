namespace Loyalty.Messaging.Ops.Shared.Components;

/// <summary>How a notice is meant.</summary>
public static class NoticeKinds
{
    public const string Info = "info";
    public const string Good = "good";
    public const string Warn = "warn";
    public const string Bad = "bad";
}
