using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Loyalty.Messaging.Store.Migrations;

/// <summary>That what needs a second person is begun by two.</summary>
[DbContext(typeof(LoyaltyDbContext))]
[Migration("0008_approvals")]
internal sealed class ApprovalsMigration : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(MigrationScript.Read("0008_approvals"));
}
