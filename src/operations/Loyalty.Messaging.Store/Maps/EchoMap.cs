using Loyalty.Messaging.Contracts;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Loyalty.Messaging.Store.Maps;

internal sealed class EchoMap : IEntityTypeConfiguration<EchoRan>
{
    /// <summary>Of the row alone: the newest has the highest.</summary>
    public const string Sequence = "Sequence";

    public void Configure(EntityTypeBuilder<EchoRan> builder)
    {
        builder.ToTable("echo_result");
        builder.Property<long>(Sequence).ValueGeneratedOnAdd();
        builder.HasKey(Sequence);
    }
}
