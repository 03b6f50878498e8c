using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Loyalty.Messaging.Store.Migrations;

/// <summary>Dead letters, jobs, audit, statements; how long a saga has been in its state, and the way to a collector's orders.</summary>
[DbContext(typeof(LoyaltyDbContext))]
[Migration("0004_ops")]
internal sealed class OpsMigration : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(MigrationScript.Read("0004_ops"));
}
