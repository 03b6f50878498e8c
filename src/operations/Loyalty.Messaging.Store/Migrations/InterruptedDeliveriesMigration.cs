using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Loyalty.Messaging.Store.Migrations;

/// <summary>Where a message that kills its workers is told from its neighbours.</summary>
[DbContext(typeof(LoyaltyDbContext))]
[Migration("0009_interrupted_deliveries")]
internal sealed class InterruptedDeliveriesMigration : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql(MigrationScript.Read("0009_interrupted_deliveries"));
}
