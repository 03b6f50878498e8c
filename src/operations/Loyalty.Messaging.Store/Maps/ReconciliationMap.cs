using Loyalty.Messaging.Store.Days;
using Microsoft.EntityFrameworkCore;

namespace Loyalty.Messaging.Store.Maps;

internal static class ReconciliationMap
{
    public static void AddReconciliation(this ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<DayClose>(close =>
        {
            close.ToTable("reconciliation");
            close.HasKey(row => row.Day);
        });
        modelBuilder.Entity<StatementRow>(line =>
        {
            line.ToTable("statement_line");
            line.HasKey(row => new { row.Day, row.ClientTransactionId });
        });
    }
}
