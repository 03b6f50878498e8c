using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Loyalty.Messaging.Store.Migrations;

/// <summary>Results of ECHO.</summary>
[DbContext(typeof(LoyaltyDbContext))]
[Migration("0003_echo")]
internal sealed class EchoMigration : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(MigrationScript.Read("0003_echo"));
}
