using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Loyalty.Messaging.Store.Migrations;

/// <summary>Which worker an issuer queue belongs to.</summary>
[DbContext(typeof(LoyaltyDbContext))]
[Migration("0006_lanes")]
internal sealed class LanesMigration : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(MigrationScript.Read("0006_lanes"));
}
