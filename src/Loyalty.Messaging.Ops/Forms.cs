using Loyalty.Messaging.Ops.DeadLetters;
using Loyalty.Messaging.Ops.Jobs;

namespace Loyalty.Messaging.Ops;

/// <summary>What the pages' forms are posted to, feature by feature.</summary>
internal static class Forms
{
    public static void Map(RouteGroupBuilder site)
    {
        site.MapDeadLetterForms();
        site.MapJobForms();
    }
}
