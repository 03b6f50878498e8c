using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Loyalty.Messaging.Store.Migrations;

/// <summary>Sagas, inbox, outbox and journal.</summary>
[DbContext(typeof(LoyaltyDbContext))]
[Migration("0001_initial")]
internal sealed class InitialMigration : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(MigrationScript.Read("0001_initial"));
}
