using Loyalty.Messaging.Persistence;
using Loyalty.Messaging.Persistence.Migrations;
using Microsoft.EntityFrameworkCore;

await using var context = new LoyaltyDbContext((DbContextOptions<LoyaltyDbContext>)new DbContextOptionsBuilder<LoyaltyDbContext>().UseLoyaltyDatabase(Environment.GetEnvironmentVariable("ConnectionStrings__Loyalty")!).Options);
foreach (var applied in await Schema.MigrateAsync(context, TimeProvider.System, default))
    Console.WriteLine($"applied {applied}");
