using Loyalty.Messaging.Store.Migrations;
using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.IntegrationTests.Large;

/// <summary>Our tables with many rows, filled once for the tests of a class.</summary>
public abstract class FilledDatabase : IAsyncLifetime
{
    internal TestDatabase Database { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Database = await TestDatabase.CreateAsync();
        await Schema.MigrateAsync(Database.ConnectionString, CancellationToken.None);
        await FillAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected abstract Task FillAsync();
}
