using Loyalty.Messaging.Delivery.Retention;
using Loyalty.Messaging.Store.Migrations;
using Loyalty.Messaging.TestKit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Xunit;

namespace Loyalty.Messaging.IntegrationTests.Store;

/// <summary>Migrations are written by hand: this is what keeps them and the model one.</summary>
public sealed class When_model_and_schema_are_compared : IAsyncLifetime
{
    TestDatabase _database = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        await using var context = LoyaltyContext.Of(_database.ConnectionString);
        Assert.NotNull(await Schema.CheckAsync(context, CancellationToken.None));
        Assert.NotEmpty(await Schema.MigrateAsync(context, CancellationToken.None));
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task They_agree_in_every_column_its_type_and_whether_it_may_be_null()
    {
        await using var context = LoyaltyContext.Of(_database.ConnectionString);
        foreach (var entity in context.GetService<IDesignTimeModel>().Model.GetEntityTypes())
        {
            var modelled = entity
                .GetProperties()
                .Select(property => $"{property.GetColumnName()} {StoreType(property)} {(property.IsNullable ? "NULL" : "NOT NULL")}")
                .Order(StringComparer.Ordinal);
            var migrated = await _database.ColumnAsync(
                $"""
                SELECT a.attname || ' ' || format_type(a.atttypid, NULL) || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE ' NULL' END
                FROM pg_attribute a WHERE a.attrelid = '{entity.GetTableName()}'::regclass AND a.attnum > 0 AND NOT a.attisdropped
                """
            );
            Assert.Equal(modelled, migrated.Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task They_agree_in_indexes_and_checks()
    {
        await using var context = LoyaltyContext.Of(_database.ConnectionString);
        var model = context.GetService<IDesignTimeModel>().Model;
        var indexes = await _database.ColumnAsync("SELECT indexname FROM pg_indexes WHERE schemaname = 'public'");
        Assert.All(
            model.GetEntityTypes().SelectMany(entity => entity.GetIndexes()),
            index => Assert.Contains(index.GetDatabaseName()!, indexes)
        );
        var checks = await _database.ColumnAsync("SELECT conname FROM pg_constraint WHERE contype = 'c'");
        Assert.All(
            model.GetEntityTypes().SelectMany(entity => entity.GetCheckConstraints()),
            check => Assert.Contains(check.Name!, checks)
        );
    }

    [Fact]
    public async Task Migrating_again_changes_nothing_and_the_check_is_content()
    {
        await using var context = LoyaltyContext.Of(_database.ConnectionString);
        Assert.Empty(await Schema.MigrateAsync(context, CancellationToken.None));
        Assert.Null(await Schema.CheckAsync(context, CancellationToken.None));
    }

    [Fact]
    public async Task The_database_refuses_to_take_back_more_than_was_issued()
    {
        var refused = await Assert.ThrowsAsync<Npgsql.PostgresException>(() =>
            _database.RunAsync(
                """
                INSERT INTO issuance (correlation_id, current_state, version, order_id, miles, reversed_miles, claims, revision,
                    updated_at) VALUES (gen_random_uuid(), 'Issued', 1, 'X', 8, 9, '[]', 1, now())
                """
            )
        );
        Assert.Equal("issuance_reversed_within_issued", refused.ConstraintName);
    }

    [Fact]
    public async Task Partitions_are_made_ahead_and_the_inboxs_old_days_are_dropped()
    {
        var today = TimeProvider.System.GetUtcNow();
        foreach (var ago in new[] { 3, 4 })
            await _database.RunAsync(
                $"""
                CREATE TABLE inbox_{today.AddDays(-ago):yyyyMMdd} PARTITION OF inbox FOR VALUES
                    FROM ('{today.AddDays(-ago):yyyy-MM-dd}') TO ('{today.AddDays(1 - ago):yyyy-MM-dd}')
                """
            );
        await _database.RunAsync($"DROP TABLE inbox_{today.AddDays(14):yyyyMMdd}");
        await Partitions.KeepAsync(_database.ConnectionString, inboxDays: 3, CancellationToken.None);
        var days = await _database.ColumnAsync("SELECT relname FROM pg_class WHERE relname ~ '^inbox_[0-9]{8}$' ORDER BY relname");
        Assert.Equal(new[] { -3 }.Concat(Enumerable.Range(-1, 16)).Select(day => $"inbox_{today.AddDays(day):yyyyMMdd}"), days);
    }

    static string StoreType(IProperty property) => property.GetColumnType();
}
