using System.Globalization;
using System.Text;
using Loyalty.Messaging.Ops.Shared;
using Loyalty.Messaging.Store.Audit;
using Loyalty.Messaging.Store.Days;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Loyalty.Messaging.Ops.Audit;

/// <summary><c>/api/v1/audit</c>: who did what, in a chain that shows when something was taken out or changed.</summary>
internal static class AuditEndpoints
{
    const int DefaultLimit = 50;
    const int MaxLimit = 500;

    static readonly string[] Columns = ["sequence", "at", "actor", "role", "act", "subject", "reason", "details", "previous", "hash"];

    public static void MapAudit(this RouteGroupBuilder api)
    {
        api.MapGet("/audit", ListAsync)
            .WithName("ListAudit")
            .WithTags("Audit")
            .WithSummary("What people did, the newest first")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        api.MapGet("/audit/export", ExportAsync)
            .WithName("ExportAudit")
            .WithTags("Audit")
            .WithSummary("The whole audit, the oldest first: JSON, or CSV with Accept: text/csv or ?format=csv")
            .Produces<IEnumerable<AuditEntry>>(StatusCodes.Status200OK, "application/json", "text/csv");
        api.MapGet("/audit/verification", VerifyAsync)
            .WithName("VerifyAudit")
            .WithTags("Audit")
            .WithSummary("Walk the whole chain and say whether every record is there as it was written");
    }

    static async Task<Results<Ok<AuditPageView>, ProblemHttpResult>> ListAsync(
        string? subject,
        long? before,
        int? limit,
        AuditTrail audit,
        CancellationToken cancellationToken
    )
    {
        if (limit is < 1 or > MaxLimit)
            return TypedResults.Problem(
                $"limit must be a whole number from 1 to {MaxLimit}",
                statusCode: StatusCodes.Status400BadRequest,
                title: "Invalid request"
            );
        return TypedResults.Ok(await ReadAsync(audit, subject, before, limit ?? DefaultLimit, cancellationToken));
    }

    public static async Task<AuditPageView> ReadAsync(
        AuditTrail audit,
        string? subject,
        long? before,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var records = await audit.ReadAsync(
            string.IsNullOrWhiteSpace(subject) ? null : subject.Trim(),
            before,
            limit + 1,
            cancellationToken
        );
        var shown = records.Take(limit).Select(AuditEntry.Of).ToList();
        return new AuditPageView(shown, records.Count > limit ? shown[^1].Sequence : null);
    }

    /// <summary>Row by row: the audit may be long.</summary>
    static async Task ExportAsync(HttpContext http, AuditTrail audit, string? format, CancellationToken cancellationToken)
    {
        var isCsv = format == "csv" || (format is null && http.Request.GetTypedHeaders().Accept.Any(type => type.MediaType == "text/csv"));
        http.Response.Headers.ContentDisposition = $"attachment; filename=\"audit.{(isCsv ? "csv" : "json")}\"";
        if (!isCsv)
        {
            await http.Response.WriteAsJsonAsync(Entries(audit), cancellationToken);
            return;
        }
        http.Response.ContentType = "text/csv; charset=utf-8";
        await using var writer = new StreamWriter(http.Response.Body, new UTF8Encoding(false));
        await writer.WriteAsync($"{string.Join(',', Columns)}\r\n");
        await foreach (var entry in Entries(audit).WithCancellation(cancellationToken))
            await writer.WriteAsync($"{string.Join(',', Fields(entry).Select(CsvField.Of))}\r\n");
    }

    /// <summary>In the order of the columns.</summary>
    static IEnumerable<string?> Fields(AuditEntry entry) =>
        [
            entry.Sequence.ToString(CultureInfo.InvariantCulture),
            Wording.Iso(entry.At),
            entry.Actor,
            entry.Role,
            entry.Act,
            entry.Subject,
            entry.Reason,
            entry.Details,
            entry.Previous,
            entry.Hash,
        ];

    static async Task<Ok<AuditVerification>> VerifyAsync(AuditTrail audit, CancellationToken cancellationToken)
    {
        var mistake = await audit.VerifyAsync(cancellationToken);
        return TypedResults.Ok(new AuditVerification(mistake is null, mistake));
    }

    static async IAsyncEnumerable<AuditEntry> Entries(AuditTrail audit)
    {
        await foreach (var record in audit.AllAsync())
            yield return AuditEntry.Of(record);
    }
}

/// <summary>A page of the audit.</summary>
/// <param name="Before">What to ask the next page with; absent on the last.</param>
internal sealed record AuditPageView(IReadOnlyList<AuditEntry> Records, long? Before);

/// <summary>What somebody did.</summary>
/// <param name="Details">JSON.</param>
/// <param name="Previous">Hash of the record before, hexadecimal.</param>
/// <param name="Hash">SHA-256 over this record and the hash before it, hexadecimal.</param>
internal sealed record AuditEntry(
    long Sequence,
    DateTimeOffset At,
    string Actor,
    string Role,
    string Act,
    string Subject,
    string? Reason,
    string? Details,
    string Previous,
    string Hash
)
{
    public static AuditEntry Of(AuditRecord record) =>
        new(
            record.Sequence,
            record.At,
            record.Actor,
            record.Role,
            record.Act,
            record.Subject,
            record.Reason,
            record.Details,
            Convert.ToHexStringLower(record.Previous),
            Convert.ToHexStringLower(record.Hash)
        );
}

/// <summary>Whether the chain holds.</summary>
/// <param name="Mistake">What is wrong with it; absent when nothing is.</param>
internal sealed record AuditVerification(bool Intact, string? Mistake);
