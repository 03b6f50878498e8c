using Loyalty.Messaging.Delivery.Maps;
using Loyalty.Messaging.Sagas.Issuance;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Loyalty.Messaging.Store.Maps;

internal sealed class IssuanceStateMap : IEntityTypeConfiguration<IssuanceState>
{
    public void Configure(EntityTypeBuilder<IssuanceState> builder)
    {
        builder.ToTable(
            "issuance",
            table => table.HasCheckConstraint("issuance_reversed_within_issued", "reversed_miles >= 0 AND reversed_miles <= miles")
        );
        builder.HasKey(saga => saga.CorrelationId);
        builder.Property(saga => saga.CorrelationId).ValueGeneratedNever();
        builder.HasIndex(saga => saga.OrderId).IsUnique();
        builder.Property(saga => saga.Order).HasColumnName("frozen_order").AsFrozenJson();
        builder.Property(saga => saga.Claims).AsJson();
        builder.Property(saga => saga.Tries).HasDefaultValue(0);
        builder.Property(saga => saga.EffectUnknown).HasDefaultValue(false);
        builder.Property(saga => saga.Decisions).AsJson().HasDefaultValueSql("'[]'");
        builder
            .HasIndex(saga => new
            {
                saga.TransactionDay,
                saga.CurrentState,
                saga.StateSince,
                saga.CorrelationId,
            })
            .HasDatabaseName("IX_issuance_day");
        builder.Property(saga => saga.StateSince).HasDefaultValueSql("now()");
        builder
            .HasIndex(saga => new
            {
                saga.CurrentState,
                saga.StateSince,
                saga.CorrelationId,
            })
            .HasDatabaseName("IX_issuance_state");
        builder
            .HasIndex(saga => new { saga.TimerDueAt, saga.CorrelationId })
            .HasDatabaseName("IX_issuance_timer_due_at")
            .HasFilter("timer_due_at IS NOT NULL");
        builder.HasIndex(saga => saga.CollectorHash).HasFilter("collector_hash IS NOT NULL");
    }
}
