using System.Text;
using Loyalty.Messaging.Ops.Access;
using Loyalty.Messaging.Ops.Shared;
using Loyalty.Messaging.Ops.Stats;
using Loyalty.Messaging.Store.Days;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace Loyalty.Messaging.Ops.Reconciliation;

/// <summary>What the forms on a day's page do, and the day as a file.</summary>
internal static class ReconciliationForms
{
    public static void MapReconciliationForms(this RouteGroupBuilder site)
    {
        site.MapPost("/reconciliation/{day}/statement", StatementAsync)
            .WithMetadata(new RequestSizeLimitAttribute(ReconciliationEndpoints.LargestStatement + 64 * 1024));
        site.MapPost("/reconciliation/{day}/sign-off", SignOffAsync).RequireAuthorization(Roles.Approver);
    }

    /// <summary>A file for whoever may look.</summary>
    public static void MapLedgerFile(this WebApplication app) =>
        app.MapGet("/reconciliation/{day}/ledger.csv", CsvAsync).RequireAuthorization(Roles.Viewer).ExcludeFromDescription();

    static async Task<IResult> StatementAsync(
        string day,
        IFormFile? statement,
        [FromForm] string? reason,
        HttpContext http,
        ReconciliationStore store,
        IOptions<StatementColumns> columns,
        FlashMessage said,
        CancellationToken cancellationToken
    )
    {
        if (ReconciliationEndpoints.DayOf(day) is not { } date)
            return said.Refused(http, $"'{day}' is not a date.", "/reconciliation");
        var here = $"/reconciliation/{day}";
        if ((Reasons.Mistake(reason) ?? (statement is null or { Length: 0 } ? "Choose the statement's file" : null)) is { } mistake)
            return said.Refused(http, mistake, here);
        await using var file = statement!.OpenReadStream();
        try
        {
            var person = http.Actor();
            await store.KeepStatementAsync(
                date,
                Path.GetFileName(statement.FileName),
                await StatementText.ReadAsync(file, cancellationToken),
                columns.Value,
                person.Does("statement", $"day {day}", reason),
                cancellationToken
            );
            return said.Done(http, "The statement is kept; below is what does not fit.", here);
        }
        catch (StatementFormatException exception)
        {
            return said.Refused(http, $"The statement cannot be read: {exception.Message}.", here);
        }
    }

    static async Task<IResult> SignOffAsync(
        string day,
        [FromForm] string? reason,
        HttpContext http,
        ReconciliationQueries queries,
        ReconciliationStore store,
        TransactionDays days,
        FlashMessage said,
        CancellationToken cancellationToken
    )
    {
        if (ReconciliationEndpoints.DayOf(day) is not { } date)
            return said.Refused(http, $"'{day}' is not a date.", "/reconciliation");
        var refusal =
            Reasons.Mistake(reason)
            ?? await ReconciliationEndpoints.SignAsync(date, reason!, http.Actor(), queries, store, days, cancellationToken);
        return refusal is null
            ? said.Done(http, "Signed off.", $"/reconciliation/{day}")
            : said.Refused(http, refusal, $"/reconciliation/{day}");
    }

    static async Task<IResult> CsvAsync(string day, DayQueries queries, CancellationToken cancellationToken) =>
        ReconciliationEndpoints.DayOf(day) is { } date
            ? TypedResults.File(
                Encoding.UTF8.GetBytes(LedgerCsv.Of(await queries.LedgerAsync(date, cancellationToken))),
                "text/csv",
                $"ledger-{day}.csv"
            )
            : ReconciliationEndpoints.NoDay(day);
}
