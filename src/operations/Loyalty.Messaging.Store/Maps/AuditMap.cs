using Loyalty.Messaging.Store.Audit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Loyalty.Messaging.Store.Maps;

internal sealed class AuditMap : IEntityTypeConfiguration<AuditRecord>
{
    public void Configure(EntityTypeBuilder<AuditRecord> builder)
    {
        builder.ToTable("audit");
        builder.HasKey(row => row.Sequence);
        builder.Property(row => row.Sequence).ValueGeneratedNever();
        builder.HasIndex(row => new { row.Subject, row.Sequence }).HasDatabaseName("IX_audit_subject");
    }
}
