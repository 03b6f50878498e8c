using Loyalty.Messaging.Ops.AmCash;
using Loyalty.Messaging.Ops.DeadLetters;
using Loyalty.Messaging.Ops.Decisions;
using Loyalty.Messaging.Ops.Jobs;
using Loyalty.Messaging.Ops.Outbox;
using Loyalty.Messaging.Ops.Reconciliation;

namespace Loyalty.Messaging.Ops;

/// <summary>What the pages' forms are posted to, feature by feature.</summary>
internal static class Forms
{
    public static void Map(RouteGroupBuilder forms)
    {
        forms.MapDecisionForms();
        forms.MapEchoForm();
        forms.MapDeadLetterForms();
        forms.MapJobForms();
        forms.MapReconciliationForms();
        forms.MapParkedForm();
    }
}
