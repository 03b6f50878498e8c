using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Loyalty.Messaging.Store.Migrations;

/// <summary>Sees to it that what needs a second person is started by two.</summary>
[DbContext(typeof(LoyaltyDbContext))]
[Migration("0008_approvals")]
internal sealed class ApprovalsMigration : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(MigrationScript.Read("0008_approvals"));
}
