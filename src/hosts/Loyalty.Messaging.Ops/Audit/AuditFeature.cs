using Loyalty.Messaging.Ops.Shared;

namespace Loyalty.Messaging.Ops.Audit;

/// <summary>Who did what, and why.</summary>
internal static class AuditFeature
{
    public static Feature Feature { get; } =
        new()
        {
            Api = AuditEndpoints.MapAudit,
            Navigation = [new("/audit", "Audit")],
            Tags = new Dictionary<string, string> { ["Audit"] = "Who did what, and why" },
            Examples = [new AuditVerification(true, null)],
        };
}
