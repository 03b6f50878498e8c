using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.Delivery.Inbox;
using Loyalty.Messaging.Delivery.Journal;
using Loyalty.Messaging.Delivery.Maps;
using Loyalty.Messaging.Delivery.Outbox;
using Loyalty.Messaging.Sagas.Issuance;
using Loyalty.Messaging.Sagas.Reversal;
using Loyalty.Messaging.Store.Maps;
using Microsoft.EntityFrameworkCore;

namespace Loyalty.Messaging.Store;

/// <summary>
/// The model of everything we keep. Deliveries use it for its mapping, ops reads through it, migrations are checked against it.
/// </summary>
public sealed class LoyaltyDbContext(DbContextOptions<LoyaltyDbContext> options) : DbContext(options)
{
    public DbSet<IssuanceState> Issuances => Set<IssuanceState>();
    public DbSet<ReversalState> Reversals => Set<ReversalState>();
    public DbSet<JournalEntry> Journal => Set<JournalEntry>();
    public DbSet<OutboxMessage> Outbox => Set<OutboxMessage>();
    public DbSet<InboxEntry> Inbox => Set<InboxEntry>();
    public DbSet<EchoRan> Echoes => Set<EchoRan>();
    public DbSet<Audit.AuditRecord> Audit => Set<Audit.AuditRecord>();
    public DbSet<DeadLetters.DeadLetter> DeadLetters => Set<DeadLetters.DeadLetter>();
    public DbSet<DeadLetters.DeadLetterFailure> DeadLetterFailures => Set<DeadLetters.DeadLetterFailure>();
    public DbSet<DeadLetters.DeadLetterText> DeadLetterTexts => Set<DeadLetters.DeadLetterText>();
    public DbSet<DeadLetters.DeadLetterNote> DeadLetterNotes => Set<DeadLetters.DeadLetterNote>();
    public DbSet<Workers.WorkerHeartbeat> WorkerHeartbeats => Set<Workers.WorkerHeartbeat>();
    public DbSet<Lanes.LaneRow> Lanes => Set<Lanes.LaneRow>();
    public DbSet<Jobs.Job> Jobs => Set<Jobs.Job>();
    public DbSet<Days.DayClose> DayCloses => Set<Days.DayClose>();
    public DbSet<Days.StatementRow> StatementRows => Set<Days.StatementRow>();
    public DbSet<Jobs.JobItem> JobItems => Set<Jobs.JobItem>();
    public DbSet<Jobs.LoneAct> LoneActs => Set<Jobs.LoneAct>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        ArgumentNullException.ThrowIfNull(modelBuilder);
        modelBuilder.ApplyConfiguration(new IssuanceStateMap());
        modelBuilder.ApplyConfiguration(new ReversalStateMap());
        modelBuilder.ApplyConfiguration(new EchoMap());
        modelBuilder.ApplyConfiguration(new AuditMap());
        modelBuilder.AddDeadLetters();
        modelBuilder.AddJobs();
        modelBuilder.Entity<Workers.WorkerHeartbeat>().ToTable("worker_pulse").HasKey(row => row.Worker);
        modelBuilder.Entity<Lanes.LaneRow>(lane =>
        {
            lane.ToTable("lane").HasKey(row => row.Number);
            lane.Property(row => row.Number).ValueGeneratedNever();
        });
        modelBuilder.AddReconciliation();
        modelBuilder.AddTransactionalOutboxEntities("order_id", "refund_id");
        modelBuilder.UseSnakeCase();
    }
}
