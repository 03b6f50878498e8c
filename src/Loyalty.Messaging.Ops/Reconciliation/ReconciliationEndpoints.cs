using System.Globalization;
using System.Text;
using Loyalty.Messaging.Ops.Access;
using Loyalty.Messaging.Persistence.Queries;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace Loyalty.Messaging.Ops.Reconciliation;

/// <summary><c>/api/v1/reconciliation</c>: a transaction day's ledger, and its comparison with the issuer's statement.</summary>
internal static class ReconciliationEndpoints
{
    const int LargestStatement = 64 * 1024 * 1024;

    public static void AddReconciliation(this WebApplicationBuilder builder) => builder.Services.AddOptions<StatementColumns>().BindConfiguration("Reconciliation:Columns");

    public static void MapReconciliation(this RouteGroupBuilder api)
    {
        api.MapGet("/reconciliation/{day}", ShowAsync).WithName("ShowDay").WithTags("Reconciliation")
            .WithSummary("What a transaction day should have brought at the issuer; as CSV with Accept: text/csv")
            .Produces<DayLedger>().Produces<string>(StatusCodes.Status200OK, "text/csv").ProducesProblem(StatusCodes.Status400BadRequest);
        api.MapPost("/reconciliation/{day}/statement", CompareAsync).WithName("CompareDay").WithTags("Reconciliation")
            .WithSummary("Compare the day's ledger with the issuer's statement, sent as CSV; nothing is stored")
            .RequireAuthorization(Roles.Operator)
            .WithMetadata(new RequestSizeLimitAttribute(LargestStatement))
            .Accepts<string>("text/csv").Produces<StatementComparison>()
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status413PayloadTooLarge);
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

    static async Task<IResult> CompareAsync(string day, HttpRequest request, DayQueries queries, IOptions<StatementColumns> columns, CancellationToken cancellationToken)
    {
        if (DayOf(day) is not { } date)
            return NoDay(day);
        if (request.ContentLength > LargestStatement)
            return TooLarge();
        using var reader = new StreamReader(request.Body, Encoding.UTF8);
        try
        {
            var statement = await reader.ReadToEndAsync(cancellationToken);
            return TypedResults.Ok(StatementComparison.Of(await queries.LedgerAsync(date, cancellationToken), statement, columns.Value));
        }
        catch (BadHttpRequestException exception) when (exception.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            // It did not say its length before.
            return TooLarge();
        }
        catch (StatementFormatException exception)
        {
            return TypedResults.Problem(exception.Message, statusCode: StatusCodes.Status400BadRequest, title: "The statement cannot be read");
        }
    }

    static DateOnly? DayOf(string day) => DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : null;

    static ProblemHttpResult TooLarge() => TypedResults.Problem($"The statement must be at most {LargestStatement} bytes long", statusCode: StatusCodes.Status413PayloadTooLarge);

    static ProblemHttpResult NoDay(string day) => TypedResults.Problem($"'{day}' is no day: write it as 2026-11-21", statusCode: StatusCodes.Status400BadRequest, title: "No day");
}
