using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Loyalty.Messaging.Store.Migrations;

/// <summary>Effects that may have happened.</summary>
[DbContext(typeof(LoyaltyDbContext))]
[Migration("0005_call_effects")]
internal sealed class CallEffectsMigration : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(MigrationScript.Read("0005_call_effects"));
}
