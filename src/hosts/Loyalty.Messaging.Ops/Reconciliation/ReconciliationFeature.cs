using Loyalty.Messaging.Ops.Shared;
using Loyalty.Messaging.Store.Days;

namespace Loyalty.Messaging.Ops.Reconciliation;

/// <summary>Transaction days beside the issuer's statement.</summary>
internal static class ReconciliationFeature
{
    public static Feature Feature { get; } =
        new()
        {
            Needs = builder => builder.Services.AddOptions<StatementColumns>().BindConfiguration("Reconciliation:Columns"),
            Api = ReconciliationEndpoints.MapReconciliation,
            Forms = ReconciliationForms.MapReconciliationForms,
            Routes = ReconciliationForms.MapLedgerFile,
            Navigation = [new("/reconciliation", "Reconciliation")],
            Tags = new Dictionary<string, string> { ["Reconciliation"] = "A transaction day from three sides" },
        };
}
