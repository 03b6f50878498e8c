using Loyalty.Messaging.Store;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Loyalty.Messaging.IntegrationTests.Store;

/// <summary>The store's own view of a database of the tests.</summary>
internal static class LoyaltyContext
{
    public static LoyaltyDbContext Of(string connectionString, params IInterceptor[] interceptors)
    {
        var options = new DbContextOptionsBuilder<LoyaltyDbContext>();
        options.UseLoyaltyDatabase(connectionString).AddInterceptors(interceptors);
        return new LoyaltyDbContext(options.Options);
    }
}
