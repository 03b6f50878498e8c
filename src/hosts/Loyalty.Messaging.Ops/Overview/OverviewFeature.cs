using Loyalty.Messaging.Ops.Shared;

namespace Loyalty.Messaging.Ops.Overview;

/// <summary>The first page.</summary>
internal static class OverviewFeature
{
    public static Feature Feature { get; } = new() { Navigation = [new("/", "Overview")] };
}
