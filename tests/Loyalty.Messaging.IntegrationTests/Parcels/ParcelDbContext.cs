using Loyalty.Messaging.Delivery.Maps;
using Microsoft.EntityFrameworkCore;

namespace Loyalty.Messaging.IntegrationTests.Parcels;

public sealed class ParcelDbContext(DbContextOptions<ParcelDbContext> options) : DbContext(options)
{
    public const string CreateTable = """
        CREATE TABLE parcel (correlation_id uuid PRIMARY KEY, current_state text NOT NULL, version integer NOT NULL, route text NOT NULL,
            scans integer NOT NULL, size text NOT NULL,
            weight numeric NOT NULL, insured numeric, customs bigint, sender uuid, created_at timestamptz NOT NULL,
                delivered_at timestamptz, due date, label bytea, remark text,
            fragile boolean NOT NULL, stops jsonb NOT NULL, papers jsonb)
        """;

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<ParcelState>(parcel =>
        {
            parcel.ToTable("parcel");
            parcel.HasKey(saga => saga.CorrelationId);
            parcel.Property(saga => saga.Size).HasConversion<string>();
            parcel.Property(saga => saga.Stops).AsJson();
            parcel.Property(saga => saga.Papers).AsFrozenJson();
        });
        modelBuilder.AddTransactionalOutboxEntities("order_id", "refund_id");
        modelBuilder.UseSnakeCase();
    }
}
