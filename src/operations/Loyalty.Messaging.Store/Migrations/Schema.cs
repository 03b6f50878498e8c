using Loyalty.Messaging.Delivery.Retention;
using Microsoft.EntityFrameworkCore;

namespace Loyalty.Messaging.Store.Migrations;

/// <summary>The schema as a step of its own: <c>loyalty migrate</c> brings it up to date, the hosts only check.</summary>
public static class Schema
{
    /// <summary>
    /// Applies what is missing and makes the partitions of the coming days. Safe to repeat and to run from two places at once.
    /// </summary>
    /// <returns>The names of the migrations that were applied.</returns>
    public static async Task<IReadOnlyList<string>> MigrateAsync(LoyaltyDbContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        var pending = (await context.Database.GetPendingMigrationsAsync(cancellationToken)).ToList();
        await context.Database.MigrateAsync(cancellationToken);
        await Partitions.KeepAsync(context.Database.GetConnectionString()!, inboxDays: null, cancellationToken);
        return pending;
    }

    /// <summary>The same, for a program that has nothing but the connection string.</summary>
    public static async Task<IReadOnlyList<string>> MigrateAsync(string connectionString, CancellationToken cancellationToken)
    {
        var options = new DbContextOptionsBuilder<LoyaltyDbContext>();
        options.UseLoyaltyDatabase(connectionString);
        await using var context = new LoyaltyDbContext(options.Options);
        return await MigrateAsync(context, cancellationToken);
    }

    /// <returns>What is missing, as a sentence; null when the schema is what this version needs.</returns>
    public static async Task<string?> CheckAsync(LoyaltyDbContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        var pending = (await context.Database.GetPendingMigrationsAsync(cancellationToken)).ToList();
        return pending.Count == 0 ? null : $"The database lacks the migrations {string.Join(", ", pending)}: run `loyalty migrate`";
    }
}
