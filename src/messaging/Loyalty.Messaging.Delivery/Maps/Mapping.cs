using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Loyalty.Messaging.Delivery.Database;
using Loyalty.Messaging.Delivery.Inbox;
using Loyalty.Messaging.Delivery.Journal;
using Loyalty.Messaging.Delivery.Outbox;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Loyalty.Messaging.Delivery.Maps;

/// <summary>What the maps have in common.</summary>
public static class Mapping
{
    internal const string Frozen = "Loyalty:Frozen";

    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>Inbox, outbox and journal: what a context needs for its sagas to use the outbox.</summary>
    /// <param name="subjectColumn">Of the journal: what its subjects are in this database.</param>
    /// <param name="partColumn">Of the journal: what a part of a subject is.</param>
    public static void AddTransactionalOutboxEntities(this ModelBuilder modelBuilder, string subjectColumn, string partColumn)
    {
        ArgumentNullException.ThrowIfNull(modelBuilder);
        modelBuilder.Entity<OutboxMessage>(outbox =>
        {
            outbox.ToTable(TableNames.Outbox);
            outbox.HasKey(row => row.Id);
            outbox.Property(row => row.Id).ValueGeneratedNever();
            outbox.Property(row => row.Sequence).ValueGeneratedOnAdd();
            outbox.Property(row => row.Metadata).HasColumnType("jsonb");
            outbox.Ignore(row => row.DueIn);
            outbox.Ignore(row => row.LeftToSweeper);
            outbox.HasIndex(row => row.DueAt).HasFilter("due_at IS NOT NULL");
            outbox.HasIndex(row => row.ParkedAt).HasFilter("parked_at IS NOT NULL");
            outbox.HasIndex(row => new { row.Stream, row.Sequence });
        });
        modelBuilder.Entity<InboxEntry>(inbox =>
        {
            inbox.ToTable(TableNames.Inbox);
            inbox.HasKey(row => new
            {
                row.MessageId,
                row.ConsumerId,
                row.ReceivedOn,
            });
        });
        modelBuilder.Entity<JournalEntry>(journal =>
        {
            journal.ToTable(TableNames.Journal);
            journal.HasKey(row => new { row.Sequence, row.At });
            journal.Property(row => row.Sequence).ValueGeneratedOnAdd();
            journal.Property(row => row.Notes).HasColumnType("jsonb");
            journal.Property(row => row.Sent).HasColumnType("jsonb");
            journal.Property(row => row.Subject).HasColumnName(subjectColumn);
            journal.Property(row => row.Part).HasColumnName(partColumn);
            journal.HasIndex(row => new { row.Subject, row.Sequence });
        });
    }

    /// <summary>Columns are named as the properties are, in snake_case, unless a map has named them.</summary>
    public static void UseSnakeCase(this ModelBuilder modelBuilder)
    {
        ArgumentNullException.ThrowIfNull(modelBuilder);
        foreach (var property in modelBuilder.Model.GetEntityTypes().SelectMany(entity => entity.GetProperties()))
            if (property.GetColumnName() == property.Name)
                property.SetColumnName(SnakeCase(property.Name));
    }

    /// <summary>A value that is written and read whole, as <c>jsonb</c>.</summary>
    public static PropertyBuilder<T> AsJson<T>(this PropertyBuilder<T> property)
    {
        ArgumentNullException.ThrowIfNull(property);
        property
            .HasColumnType("jsonb")
            .HasConversion(
                value => JsonSerializer.Serialize(value, Json),
                stored => JsonSerializer.Deserialize<T>(stored, Json)!,
                new ValueComparer<T>((left, right) => Equals(left, right), value => value == null ? 0 : value.GetHashCode(), value => value)
            );
        return property;
    }

    /// <summary>
    /// As <see cref="AsJson"/>, for what may be large and is never changed in place: the repository writes it with a new row and when
    /// another object stands in its place, and leaves it alone with every other change. It is not taken away again.
    /// </summary>
    public static PropertyBuilder<T> AsFrozenJson<T>(this PropertyBuilder<T> property) => property.AsJson().HasAnnotation(Frozen, true);

    static string SnakeCase(string name)
    {
        var snake = new StringBuilder();
        foreach (var letter in name)
        {
            if (char.IsUpper(letter) && snake.Length > 0)
                snake.Append('_');
            snake.Append(char.ToLowerInvariant(letter));
        }
        return snake.ToString();
    }
}
