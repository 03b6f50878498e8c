using Loyalty.Messaging.Ops.Decisions;
using Loyalty.Messaging.Ops.Orders;

namespace Loyalty.Messaging.Ops;

/// <summary>The routes that the pages' forms post to, feature by feature.</summary>
internal static class Forms
{
    public static void Map(RouteGroupBuilder forms)
    {
        forms.MapSearch();
        forms.MapDecisionForms();
    }
}
