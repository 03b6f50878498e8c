using Loyalty.Messaging.Delivery.Maps;
using Loyalty.Messaging.Sagas.Reversal;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Loyalty.Messaging.Store.Maps;

internal sealed class ReversalStateMap : IEntityTypeConfiguration<ReversalState>
{
    public void Configure(EntityTypeBuilder<ReversalState> builder)
    {
        builder.ToTable("reversal", table => table.HasCheckConstraint("reversal_miles_not_negative", "miles >= 0"));
        builder.HasKey(saga => saga.CorrelationId);
        builder.Property(saga => saga.CorrelationId).ValueGeneratedNever();
        builder.HasIndex(saga => saga.RefundId).IsUnique();
        builder.HasIndex(saga => saga.OrderId);
        builder.Property(saga => saga.Refund).AsFrozenJson();
        builder.Property(saga => saga.Offers).AsJson();
        builder.Property(saga => saga.Correction).AsJson();
        builder.Property(saga => saga.ClaimNumber).HasDefaultValue(0);
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
            .HasDatabaseName("IX_reversal_day");
        builder.Property(saga => saga.StateSince).HasDefaultValueSql("now()");
        builder
            .HasIndex(saga => new
            {
                saga.CurrentState,
                saga.StateSince,
                saga.CorrelationId,
            })
            .HasDatabaseName("IX_reversal_state");
        builder
            .HasIndex(saga => new { saga.TimerDueAt, saga.CorrelationId })
            .HasDatabaseName("IX_reversal_timer_due_at")
            .HasFilter("timer_due_at IS NOT NULL");
    }
}
