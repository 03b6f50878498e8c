using Loyalty.Messaging.Delivery.Maps;
using Loyalty.Messaging.Store.Jobs;
using Microsoft.EntityFrameworkCore;

namespace Loyalty.Messaging.Store.Maps;

internal static class JobMap
{
    public static void AddJobs(this ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Job>(job =>
        {
            job.ToTable(
                "job",
                table =>
                {
                    table.HasCheckConstraint("job_rate_positive", "rate > 0");
                    table.HasCheckConstraint("job_second_person", "approved_by IS NULL OR approved_by <> created_by");
                    table.HasCheckConstraint(
                        "job_begun_when_approved",
                        "needs_approval IS NULL OR state IN ('AwaitingApproval', 'Cancelled') OR approved_by IS NOT NULL"
                    );
                    table.HasCheckConstraint(
                        "job_approved_by_another",
                        "approved_by IS NULL OR (lower(approved_by) <> lower(created_by) AND approved_identity <> created_identity)"
                    );
                }
            );
            job.HasKey(row => row.Id);
            job.Property(row => row.Id).ValueGeneratedNever();
            job.Property(row => row.Parameters).HasColumnType("jsonb");
            job.Property(row => row.Ramp).AsJson();
            job.HasIndex(row => row.CreatedAt);
        });
        modelBuilder.Entity<JobItem>(item =>
        {
            item.ToTable("job_item");
            item.HasKey(row => new { row.JobId, row.Ordinal });
            item.HasIndex(row => new
            {
                row.JobId,
                row.State,
                row.Ordinal,
            });
            item.HasIndex(row => new
            {
                row.JobId,
                row.OrderId,
                row.Ordinal,
            });
            item.HasIndex(row => row.Subject);
        });
        modelBuilder.Entity<LoneAct>(act =>
        {
            act.ToTable("lone_act");
            act.HasKey(row => row.Id);
            act.Property(row => row.Id).ValueGeneratedNever();
            act.HasIndex(row => row.At);
        });
    }
}
