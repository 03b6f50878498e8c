using Loyalty.Messaging.Delivery.Maps;
using Loyalty.Messaging.Sagas.Decisions;
using Loyalty.Messaging.Sagas.Issuance;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Loyalty.Messaging.Store.Maps;

/// <summary>What the rows of orders and refunds have in common: columns and indexes are called alike in both tables.</summary>
internal static class SagaMap
{
    const string Id = nameof(IssuanceState.CorrelationId);
    const string State = nameof(IssuanceState.CurrentState);
    const string Since = nameof(IssuanceState.StateSince);
    const string Day = nameof(IssuanceState.TransactionDay);
    const string Timer = nameof(IssuanceState.TimerDueAt);

    public static void Configure<TSaga>(EntityTypeBuilder<TSaga> builder, string table)
        where TSaga : class, SagaStateMachineInstance, IHasDecisions
    {
        builder.HasKey(saga => saga.CorrelationId);
        builder.Property(saga => saga.CorrelationId).ValueGeneratedNever();
        builder.Property(nameof(IssuanceState.Tries)).HasDefaultValue(0);
        builder.Property(nameof(IssuanceState.EffectUnknown)).HasDefaultValue(false);
        builder.Property(saga => saga.Decisions).AsJson().HasDefaultValueSql("'[]'");
        builder.Property(Since).HasDefaultValueSql("now()");
        builder.HasIndex(Day, State, Since, Id).HasDatabaseName($"IX_{table}_day");
        builder.HasIndex(State, Since, Id).HasDatabaseName($"IX_{table}_state");
        builder.HasIndex(Timer, Id).HasDatabaseName($"IX_{table}_timer_due_at").HasFilter("timer_due_at IS NOT NULL");
    }
}
