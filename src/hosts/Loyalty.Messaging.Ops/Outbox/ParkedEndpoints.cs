using Loyalty.Messaging.Ops.Access;
using Loyalty.Messaging.Ops.Acts;
using Loyalty.Messaging.Ops.DeadLetters;
using Loyalty.Messaging.Ops.Shared;
using Loyalty.Messaging.Store.Jobs;
using Loyalty.Messaging.Store.Orders;
using Loyalty.Messaging.Store.Paging;
using Loyalty.Messaging.Store.Parked;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Loyalty.Messaging.Ops.Outbox;

/// <summary><c>/api/v1/outbox/parked</c>.</summary>
internal static class ParkedEndpoints
{
    public static void MapParked(this RouteGroupBuilder api)
    {
        var parked = api.MapGroup("/outbox/parked").WithTags("Outbox");
        parked
            .MapGet("", ListAsync)
            .WithName("ListParked")
            .WithSummary("Messages that never reached the broker in all their attempts, the latest first")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        parked
            .MapPost("/release", ReleaseAsync)
            .WithName("ReleaseParked")
            .WithSummary("Try them again from the first attempt; many need a second person")
            .RequireAuthorization(Roles.Operator)
            .Produces<Changed>()
            .Produces<JobView>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status409Conflict);
    }

    static async Task<Results<Ok<ParkedList>, ProblemHttpResult>> ListAsync(
        string? cursor,
        int? limit,
        ParkedMessages parked,
        CancellationToken cancellationToken
    ) =>
        PageCursor.Mistake(cursor) is { } mistake
            ? Problems.BadRequest(mistake)
            : TypedResults.Ok(await parked.ListAsync(PageCursor.Parse(cursor), limit ?? OrderFilter.DefaultLimit, cancellationToken));

    static async Task<IResult> ReleaseAsync(
        ReleaseRequest request,
        HttpContext http,
        ParkedActs acts,
        JobQueries jobs,
        CancellationToken cancellationToken
    )
    {
        if ((request.Mistake() ?? Reasons.Mistake(request.Reason)) is { } mistake)
            return Problems.BadRequest(mistake);
        var (job, count) = await acts.ReleaseAsync(
            request.Id ?? Guid.NewGuid(),
            request.Ids,
            request.Reason!,
            http.Actor(),
            cancellationToken
        );
        return await SecondPerson.AnswerAsync(job, count, jobs, cancellationToken);
    }
}

/// <summary>Which parked messages, and why.</summary>
internal sealed record ReleaseRequest
{
    /// <summary>At most 1,000, as the list gives them.</summary>
    public IReadOnlyList<Guid>? Ids { get; init; }

    /// <summary>The oldest 1,000 of all: has to be said, so that an empty request is not taken for it.</summary>
    public bool All { get; init; }
    public string? Reason { get; init; }

    /// <inheritdoc cref="SelectionRequest.Id"/>
    public Guid? Id { get; init; }

    public string? Mistake() =>
        Ids is { Count: 0 } ? "ids must not be empty"
        : Ids is { Count: > ParkedMessages.MostAtOnce } ? $"ids must be at most {ParkedMessages.MostAtOnce}"
        : All == Ids is not null ? "say which: ids, or \"all\": true"
        : null;
}
