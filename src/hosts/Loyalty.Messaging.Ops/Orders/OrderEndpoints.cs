using Loyalty.Messaging.Jobs;
using Loyalty.Messaging.Ops.Access;
using Loyalty.Messaging.Ops.Shared;
using Loyalty.Messaging.Sagas.Collectors;
using Loyalty.Messaging.Store.Audit;
using Loyalty.Messaging.Store.Orders;
using Loyalty.Messaging.Store.Paging;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Loyalty.Messaging.Ops.Orders;

/// <summary><c>/api/v1/orders</c> and <c>/api/v1/timers</c>.</summary>
internal static class OrderEndpoints
{
    public const string Reveal = "reveal collector";

    public static void MapOrders(this RouteGroupBuilder api)
    {
        api.MapGet("/orders", ListAsync)
            .WithName("ListOrders")
            .WithTags("Orders")
            .WithSummary("Issuances and reversals, the newest change of state first")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        api.MapPost("/orders/search", SearchAsync)
            .WithName("SearchOrders")
            .WithTags("Orders")
            .WithSummary("The orders of a collector and their refunds; the number stands in the body, never in an address")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        api.MapGet("/orders/{orderId}", ShowAsync)
            .WithName("ShowOrder")
            .WithTags("Orders")
            .WithSummary("What became of an order and its refunds, with everything that happened, oldest first")
            .ProducesProblem(StatusCodes.Status404NotFound);
        api.MapPost("/orders/{id}/reveal", RevealAsync)
            .WithName("RevealCollector")
            .WithTags("Orders")
            .WithSummary("The whole collector number; the audit log records who asked and why")
            .RequireAuthorization(Roles.Operator)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
        api.MapGet("/timers", TimersAsync)
            .WithName("ListTimers")
            .WithTags("Orders")
            .WithSummary("What will happen automatically, soonest first")
            .ProducesProblem(StatusCodes.Status400BadRequest);
    }

    static async Task<Results<Ok<OrderList>, ProblemHttpResult>> ListAsync(
        [AsParameters] OrderListRequest question,
        OrderListQueries queries,
        CancellationToken cancellationToken
    ) =>
        question.Read() switch
        {
            ({ } filter, _) => TypedResults.Ok(await queries.ListAsync(filter, cancellationToken)),
            (_, var mistake) => BadQuestion(mistake!),
        };

    static async Task<Results<Ok<OrderList>, ProblemHttpResult>> SearchAsync(
        CollectorSearch search,
        OrderListQueries queries,
        CollectorIndex collectors,
        CancellationToken cancellationToken
    )
    {
        if (Ids.CollectorNumberOf(search.Q ?? "") is not { } number)
            return BadQuestion("q must be a collector number of 11 digits; everything else is asked with GET /api/v1/orders");
        if (!collectors.IsOn)
            return BadQuestion("Orders cannot be looked up by collector: Collectors__IndexKey is not set");
        if (PageCursor.Mistake(search.Cursor) is { } mistake)
            return BadQuestion(mistake);
        var filter = new OrderFilter
        {
            CollectorHash = collectors.Of(number),
            Cursor = PageCursor.Parse(search.Cursor),
            Limit = Math.Clamp(search.Limit ?? OrderFilter.DefaultLimit, 1, OrderFilter.MaxLimit),
        };
        return TypedResults.Ok(await queries.ListAsync(filter, cancellationToken));
    }

    static async Task<Results<Ok<OrderView>, ProblemHttpResult>> ShowAsync(
        string orderId,
        OrderQueries queries,
        CancellationToken cancellationToken
    )
    {
        orderId = Ids.FromPath(orderId);
        return await queries.FindOrderAsync(orderId, cancellationToken) is { } order
            ? TypedResults.Ok(order)
            : TypedResults.Problem(
                $"There is no order {orderId}, nor a refund of it",
                statusCode: StatusCodes.Status404NotFound,
                title: "Unknown order"
            );
    }

    static async Task<Results<Ok<RevealedCollector>, ProblemHttpResult>> RevealAsync(
        string id,
        Acts.DecisionRequest asked,
        HttpContext http,
        OrderQueries queries,
        AuditTrail audit,
        CancellationToken cancellationToken
    )
    {
        if (Reasons.Mistake(asked.Reason) is { } mistake)
            return TypedResults.Problem(mistake, statusCode: StatusCodes.Status400BadRequest, title: "No reason");
        id = Ids.FromPath(id);
        return await RevealedAsync(id, asked.Reason!, http.Actor(), queries, audit, cancellationToken) is { } number
            ? TypedResults.Ok(new RevealedCollector(id, number))
            : TypedResults.Problem(
                $"There is no collector number of order {id}",
                statusCode: StatusCodes.Status404NotFound,
                title: "Unknown order"
            );
    }

    /// <summary>The number, after it has been written down who asked for it and why.</summary>
    public static async Task<string?> RevealedAsync(
        string orderId,
        string reason,
        Actor actor,
        OrderQueries queries,
        AuditTrail audit,
        CancellationToken cancellationToken
    )
    {
        if (await queries.CollectorNumberAsync(orderId, cancellationToken) is not { } number)
            return null;
        await audit.AppendAsync(actor.Does(Reveal, $"order {orderId}", reason), cancellationToken);
        return number;
    }

    static async Task<Results<Ok<TimerList>, ProblemHttpResult>> TimersAsync(
        string? cursor,
        int? limit,
        TimerQueries queries,
        CancellationToken cancellationToken
    ) =>
        PageCursor.Mistake(cursor) is { } mistake
            ? BadQuestion(mistake)
            : TypedResults.Ok(await queries.ListAsync(PageCursor.Parse(cursor), limit ?? OrderFilter.DefaultLimit, cancellationToken));

    static ProblemHttpResult BadQuestion(string sentence) =>
        TypedResults.Problem(sentence, statusCode: StatusCodes.Status400BadRequest, title: "Invalid request");
}

/// <summary>Whose orders.</summary>
internal sealed record CollectorSearch
{
    /// <summary>A collector number of 11 digits.</summary>
    public string? Q { get; init; }
    public string? Cursor { get; init; }
    public int? Limit { get; init; }
}

/// <summary>A whole collector number.</summary>
internal sealed record RevealedCollector(string OrderId, string CollectorNumber);
