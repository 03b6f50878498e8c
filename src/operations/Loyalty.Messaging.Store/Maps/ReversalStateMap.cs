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
        SagaMap.Configure(builder, "reversal");
        builder.HasIndex(saga => saga.RefundId).IsUnique();
        builder.HasIndex(saga => saga.OrderId);
        builder.Property(saga => saga.Refund).AsFrozenJson();
        builder.Property(saga => saga.Offers).AsJson();
        builder.Property(saga => saga.Correction).AsJson();
        builder.Property(saga => saga.ClaimNumber).HasDefaultValue(0);
    }
}
