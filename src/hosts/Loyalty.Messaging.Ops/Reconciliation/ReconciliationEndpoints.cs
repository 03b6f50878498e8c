using System.Globalization;
using System.Text;
using Loyalty.Messaging.Jobs;
using Loyalty.Messaging.Ops.Access;
using Loyalty.Messaging.Ops.Shared;
using Loyalty.Messaging.Ops.Stats;
using Loyalty.Messaging.Store.Days;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace Loyalty.Messaging.Ops.Reconciliation;

/// <summary><c>/api/v1/reconciliation</c>: a transaction day's ledger, and its comparison with the issuer's statement.</summary>
internal static class ReconciliationEndpoints
{
    public const int LargestStatement = 64 * 1024 * 1024;

    public static void MapReconciliation(this RouteGroupBuilder api)
    {
        api.MapGet("/reconciliation/{day}", ShowAsync)
            .WithName("ShowDay")
            .WithTags("Reconciliation")
            .WithSummary("What a transaction day should have brought at the issuer; as CSV with Accept: text/csv")
            .Produces<DayLedger>(StatusCodes.Status200OK, "application/json", "text/csv")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        api.MapPost("/reconciliation/{day}/statement", CompareAsync)
            .WithName("CompareDay")
            .WithTags("Reconciliation")
            .WithSummary("Compare the day's ledger with the issuer's statement, sent as CSV; it is kept, in place of the one before")
            .RequireAuthorization(Roles.Operator)
            .WithMetadata(new RequestSizeLimitAttribute(LargestStatement))
            .Accepts<string>("text/csv")
            .Produces<StatementComparison>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge);
        api.MapGet("/reconciliation/{day}/breaks", BreaksAsync)
            .WithName("ShowBreaks")
            .WithTags("Reconciliation")
            .WithSummary("The day from three sides: what does not fit, where to look, what to do")
            .Produces<DayReconciliation>()
            .ProducesProblem(StatusCodes.Status400BadRequest);
        api.MapPost("/reconciliation/{day}/sign-off", SignOffAsync)
            .WithName("SignDayOff")
            .WithTags("Reconciliation")
            .WithSummary("Somebody answers for the day as it is")
            .RequireAuthorization(Roles.Approver)
            .Produces<DayReconciliation>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status409Conflict);
    }

    static async Task<IResult> BreaksAsync(
        string day,
        ReconciliationQueries queries,
        TransactionDays days,
        CancellationToken cancellationToken
    ) => DayOf(day) is { } date ? TypedResults.Ok(await queries.DayAsync(date, days.Zone, cancellationToken)) : NoDay(day);

    static async Task<IResult> SignOffAsync(
        string day,
        ReasonRequest request,
        HttpContext http,
        ReconciliationQueries queries,
        ReconciliationStore store,
        TransactionDays days,
        CancellationToken cancellationToken
    )
    {
        if (DayOf(day) is not { } date)
            return NoDay(day);
        if (Reasons.Mistake(request.Reason) is { } mistake)
            return Problems.BadRequest(mistake);
        return await SignAsync(date, request.Reason!, http.Actor(), queries, store, days, cancellationToken) is { } refusal
            ? TypedResults.Problem(refusal, statusCode: StatusCodes.Status409Conflict, title: "Not signed off")
            : TypedResults.Ok(await queries.DayAsync(date, days.Zone, cancellationToken));
    }

    /// <returns>Why it cannot be signed off; null when it is.</returns>
    public static async Task<string?> SignAsync(
        DateOnly day,
        string note,
        Actor person,
        ReconciliationQueries queries,
        ReconciliationStore store,
        TransactionDays days,
        CancellationToken cancellationToken
    )
    {
        if (day >= days.Today)
            return "The day is not over yet";
        var view = await queries.DayAsync(day, days.Zone, cancellationToken);
        if (view.StatementName is null)
            return "Upload the issuer's statement first: without it one of the three sides is missing";
        await store.SignOffAsync(day, view.BreakCount, note, person.Does("sign off", $"day {day:yyyy-MM-dd}", note), cancellationToken);
        return null;
    }

    static async Task<IResult> ShowAsync(string day, HttpRequest request, DayQueries queries, CancellationToken cancellationToken)
    {
        if (DayOf(day) is not { } date)
            return NoDay(day);
        var ledger = await queries.LedgerAsync(date, cancellationToken);
        return request.GetTypedHeaders().Accept.Any(type => type.MediaType == "text/csv")
            ? TypedResults.Text(LedgerCsv.Of(ledger), "text/csv", Encoding.UTF8)
            : TypedResults.Ok(ledger);
    }

    static async Task<IResult> CompareAsync(
        string day,
        HttpRequest request,
        DayQueries queries,
        ReconciliationStore store,
        IOptions<StatementColumns> columns,
        CancellationToken cancellationToken
    )
    {
        if (DayOf(day) is not { } date)
            return NoDay(day);
        if (request.ContentLength > LargestStatement)
            return TooLarge();
        try
        {
            var statement = await StatementText.ReadAsync(request.Body, cancellationToken);
            var person = request.HttpContext.Actor();
            var name = request.Query["name"].ToString() is { Length: > 0 and <= 200 } given ? given : "statement.csv";
            await store.KeepStatementAsync(date, name, statement, columns.Value, person.Does("statement", $"day {day}"), cancellationToken);
            return TypedResults.Ok(StatementComparison.Of(await queries.LedgerAsync(date, cancellationToken), statement, columns.Value));
        }
        catch (BadHttpRequestException exception) when (exception.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            // It did not say its length before.
            return TooLarge();
        }
        catch (StatementFormatException exception)
        {
            return TypedResults.Problem(
                exception.Message,
                statusCode: StatusCodes.Status400BadRequest,
                title: "The statement cannot be read"
            );
        }
    }

    public static DateOnly? DayOf(string day) =>
        DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : null;

    static ProblemHttpResult TooLarge() =>
        TypedResults.Problem(
            $"The statement must be at most {LargestStatement} bytes long",
            statusCode: StatusCodes.Status413PayloadTooLarge
        );

    public static ProblemHttpResult NoDay(string day) =>
        TypedResults.Problem(
            $"'{day}' is not a date: write it as 2026-11-21",
            statusCode: StatusCodes.Status400BadRequest,
            title: "Not a date"
        );
}
