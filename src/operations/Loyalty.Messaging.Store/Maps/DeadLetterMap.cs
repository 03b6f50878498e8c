using Loyalty.Messaging.Store.DeadLetters;
using Microsoft.EntityFrameworkCore;

namespace Loyalty.Messaging.Store.Maps;

internal static class DeadLetterMap
{
    public static void AddDeadLetters(this ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<DeadLetter>(letter =>
        {
            letter.ToTable("dead_letter");
            letter.HasKey(row => row.Id);
            letter.Property(row => row.Id).ValueGeneratedNever();
            letter.Property(row => row.Sequence).ValueGeneratedOnAdd();
            letter.Property(row => row.Headers).HasColumnType("jsonb");
            letter
                .HasIndex(row => new
                {
                    row.State,
                    row.LastFailedAt,
                    row.Sequence,
                })
                .HasDatabaseName("IX_dead_letter_state_last_failed_at");
            letter
                .HasIndex(row => new
                {
                    row.State,
                    row.Fingerprint,
                    row.LastFailedAt,
                })
                .HasDatabaseName("IX_dead_letter_state_fingerprint");
            letter.HasIndex(row => row.OrderId).HasFilter("order_id IS NOT NULL");
        });
        modelBuilder.Entity<DeadLetterFailure>(failure =>
        {
            failure.ToTable("dead_letter_failure");
            failure.HasKey(row => new { row.DeadLetterId, row.At });
        });
        modelBuilder.Entity<DeadLetterText>(text =>
        {
            text.ToTable("dead_letter_text");
            text.HasKey(row => row.DeadLetterId);
            text.HasIndex(row => row.Text).HasMethod("gin").HasOperators("gin_trgm_ops");
        });
        modelBuilder.Entity<DeadLetterNote>(note =>
        {
            note.ToTable("dead_letter_note");
            note.HasKey(row => row.Fingerprint);
        });
    }
}
