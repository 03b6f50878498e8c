using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Loyalty.Messaging.Store.Migrations;

/// <summary>Decisions by which the workers know that a person has taken them.</summary>
[DbContext(typeof(LoyaltyDbContext))]
[Migration("0007_decisions")]
internal sealed class DecisionsMigration : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(MigrationScript.Read("0007_decisions"));
}
