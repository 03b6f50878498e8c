using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Loyalty.Messaging.Store.Migrations;

/// <summary>Timers, decisions and transaction days of the sagas.</summary>
[DbContext(typeof(LoyaltyDbContext))]
[Migration("0002_timers_decisions_days")]
internal sealed class TimersDecisionsDaysMigration : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql(MigrationScript.Read("0002_timers_decisions_days"));
}
