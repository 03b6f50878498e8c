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
        SagaMap.Configure(builder, "issuance");
        builder.HasIndex(saga => saga.OrderId).IsUnique();
        builder.Property(saga => saga.Order).HasColumnName("frozen_order").AsFrozenJson();
        builder.Property(saga => saga.Claims).AsJson();
        builder.HasIndex(saga => saga.CollectorHash).HasFilter("collector_hash IS NOT NULL");
    }
}
