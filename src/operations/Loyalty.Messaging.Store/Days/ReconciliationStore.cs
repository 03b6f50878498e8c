using System.Data;
using System.Security.Cryptography;
using System.Text;
using Loyalty.Messaging.Delivery.Database;
using Loyalty.Messaging.Store.Audit;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace Loyalty.Messaging.Store.Days;

/// <summary>Keeps statements and sign-offs; audited in the same transaction.</summary>
public sealed class ReconciliationStore(LoyaltyDbContext context, AuditTrail audit)
{
    const string LinesSql =
        "INSERT INTO statement_line (day, client_transaction_id, miles, sponsor_code) SELECT $1, * FROM unnest($2, $3, $4)";

    /// <summary>Keeps a statement in place of the one before; a sign-off that was made without it is none any more.</summary>
    /// <exception cref="StatementFormatException">It cannot be read; the message names the line.</exception>
    public async Task KeepStatementAsync(
        DateOnly day,
        string name,
        string statement,
        StatementColumns columns,
        AuditedAct act,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(act);
        var lines = Statement.Read(statement, columns).Values.ToList();
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(statement));
        await using var transaction = await context.Database.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
        await audit.AppendAsync(
            act with
            {
                Details = new
                {
                    name,
                    lines = lines.Count,
                    sha256 = Convert.ToHexStringLower(hash),
                },
            },
            cancellationToken
        );
        await context.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO reconciliation (day, statement_name, statement_hash, statement_by, statement_at)
                VALUES ({day}, {name}, {hash}, {act.Actor}, now())
            ON CONFLICT (day) DO UPDATE SET statement_name = excluded.statement_name, statement_hash = excluded.statement_hash,
                statement_by = excluded.statement_by, statement_at = excluded.statement_at,
                signed_off_by = NULL, signed_off_at = NULL, signed_off_note = NULL, breaks = NULL
            """,
            cancellationToken
        );
        await context.StatementRows.Where(row => row.Day == day).ExecuteDeleteAsync(cancellationToken);
        await using (
            var command = new NpgsqlCommand(LinesSql, (NpgsqlConnection)context.Database.GetDbConnection())
            {
                Parameters =
                {
                    new NpgsqlParameter<DateOnly> { TypedValue = day, NpgsqlDbType = NpgsqlDbType.Date },
                    Column.Of(lines, line => line.ClientTransactionId, NpgsqlDbType.Text),
                    Column.Of(lines, line => line.Miles, NpgsqlDbType.Integer),
                    Column.Of(lines, line => line.SponsorCode, NpgsqlDbType.Text),
                },
            }
        )
            await command.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Somebody answers for the day as it is.</summary>
    public async Task SignOffAsync(DateOnly day, int breaks, string note, AuditedAct act, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(act);
        await using var transaction = await context.Database.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
        await audit.AppendAsync(act with { Details = new { breaks } }, cancellationToken);
        await context.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO reconciliation (day, signed_off_by, signed_off_at, signed_off_note, breaks)
                VALUES ({day}, {act.Actor}, now(), {note}, {breaks})
            ON CONFLICT (day) DO UPDATE SET signed_off_by = excluded.signed_off_by, signed_off_at = excluded.signed_off_at,
                signed_off_note = excluded.signed_off_note, breaks = excluded.breaks
            """,
            cancellationToken
        );
        await transaction.CommitAsync(cancellationToken);
    }
}
