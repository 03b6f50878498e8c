using Loyalty.Messaging.DeadLetters.Replaying;
using Loyalty.Messaging.Ops.Access;
using Loyalty.Messaging.Ops.Acts;
using Loyalty.Messaging.Ops.Shared;
using Loyalty.Messaging.Store.DeadLetters;
using Loyalty.Messaging.Store.Jobs;
using Loyalty.Messaging.Store.Paging;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Loyalty.Messaging.Ops.DeadLetters;

/// <summary><c>/api/v1/dead-letters</c>.</summary>
internal static class DeadLetterEndpoints
{
    const int MostAtOnce = 200;

    public static void MapDeadLetters(this RouteGroupBuilder api)
    {
        var letters = api.MapGroup("/dead-letters").WithTags("Dead letters");
        letters
            .MapGet("", ListAsync)
            .WithName("ListDeadLetters")
            .WithSummary("Messages that were given up, the latest first")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        letters
            .MapGet("/groups", GroupsAsync)
            .WithName("ListDeadLetterGroups")
            .WithSummary("The same, together by cause: counts, who must act, what to do")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        letters
            .MapGet("/{id:guid}", ShowAsync)
            .WithName("ShowDeadLetter")
            .WithSummary("One message: body, headers, every failure, and what sending it again would do")
            .ProducesProblem(StatusCodes.Status404NotFound);
        letters
            .MapPost("/replays", ReplayAsync)
            .WithName("ReplayDeadLetters")
            .WithSummary("Say what sending them again would do (preview), or make the job that does it")
            .RequireAuthorization(Roles.Operator)
            .Produces<ReplayPreview>()
            .Produces<JobView>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status409Conflict);
        letters
            .MapPost("/{id:guid}/edit-and-replay", EditAsync)
            .WithName("EditDeadLetter")
            .WithSummary("Send a corrected event in place of this one")
            .RequireAuthorization(Roles.Operator)
            .Produces<EditAnswer>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        letters
            .MapPost("/discard", DiscardAsync)
            .WithName("DiscardDeadLetters")
            .WithSummary("Give them up for good; many need a second person")
            .RequireAuthorization(Roles.Operator)
            .Produces<Changed>()
            .Produces<JobView>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status409Conflict);
        letters
            .MapPost("/restore", RestoreAsync)
            .WithName("RestoreDeadLetters")
            .WithSummary("Open again what was discarded")
            .RequireAuthorization(Roles.Operator)
            .Produces<Changed>()
            .ProducesProblem(StatusCodes.Status400BadRequest);
        letters
            .MapPut("/groups/{group:guid}/note", NoteAsync)
            .WithName("NoteDeadLetterGroup")
            .WithSummary("Add a note to a group, for your colleagues")
            .RequireAuthorization(Roles.Operator)
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status400BadRequest);
    }

    static async Task<Results<Ok<DeadLetterSlice>, ProblemHttpResult>> ListAsync(
        [AsParameters] SelectionQuery query,
        string? cursor,
        int? limit,
        DeadLetterQueries queries,
        CancellationToken cancellationToken
    )
    {
        if ((query.Mistake() ?? PageCursor.Mistake(cursor)) is { } mistake)
            return Problems.BadRequest(mistake);
        var most = Math.Clamp(limit ?? 50, 1, MostAtOnce);
        return TypedResults.Ok(await queries.ListAsync(query.Selection, PageCursor.Parse(cursor), most, cancellationToken));
    }

    static async Task<Results<Ok<IReadOnlyList<DeadLetterGroup>>, ProblemHttpResult>> GroupsAsync(
        [AsParameters] SelectionQuery query,
        DeadLetterQueries queries,
        CancellationToken cancellationToken
    ) =>
        query.Mistake() is { } mistake
            ? Problems.BadRequest(mistake)
            : TypedResults.Ok(
                await queries.GroupsAsync(
                    query.Selection with
                    {
                        State = query.Selection.State ?? DeadLetterStates.Open,
                    },
                    cancellationToken
                )
            );

    static async Task<Results<Ok<DeadLetterView>, ProblemHttpResult>> ShowAsync(
        Guid id,
        DeadLetterActs acts,
        CancellationToken cancellationToken
    ) =>
        await acts.ShowAsync(id, cancellationToken) is { } letter
            ? TypedResults.Ok(letter)
            : TypedResults.Problem(
                $"There is no dead letter {id}; it may have been deleted after its retention period",
                statusCode: StatusCodes.Status404NotFound,
                title: "Unknown dead letter"
            );

    static async Task<IResult> ReplayAsync(
        ReplayRequest request,
        HttpContext http,
        Replays replays,
        JobQueries jobs,
        CancellationToken cancellationToken
    )
    {
        var order = request.Order();
        if ((request.SelectionMistake() ?? order.Mistake() ?? (request.Preview ? null : Reasons.Mistake(request.Reason))) is { } mistake)
            return Problems.BadRequest(mistake);
        if (request.Preview)
            return TypedResults.Ok(await replays.PreviewAsync(request.Selection, http.Actor().Someone, cancellationToken));
        return await replays.StartAsync(order, http.Actor(), cancellationToken) is { } job
            ? TypedResults.Accepted($"/api/v1/jobs/{job.Id}", await jobs.FindAsync(job.Id, cancellationToken))
            : TypedResults.Problem(
                "None of what was selected is open: it is already being replayed, or was dealt with",
                statusCode: StatusCodes.Status409Conflict,
                title: "Nothing to replay"
            );
    }

    static async Task<IResult> EditAsync(Guid id, EditRequest request, HttpContext http, Edits edits, CancellationToken cancellationToken)
    {
        if (Reasons.Mistake(request.Reason) is { } mistake)
            return Problems.BadRequest(mistake);
        if (string.IsNullOrWhiteSpace(request.Body) || request.Body.Length > Edits.LongestBody)
            return Problems.BadRequest($"body is required: the whole new event, at most {Edits.LongestBody} characters");
        var result = await edits.SendAsync(
            request.Id ?? Guid.NewGuid(),
            id,
            request.Body,
            request.Reason!,
            http.Actor(),
            cancellationToken
        );
        if (result.IsMissing)
            return TypedResults.Problem(result.Refusals[0], statusCode: StatusCodes.Status404NotFound, title: "Unknown dead letter");
        return result.EditedId is { } edited
            ? TypedResults.Accepted(
                $"/api/v1/dead-letters/{edited}",
                new EditAnswer(edited, result.Job?.Id, result.Job?.State, result.Job?.NeedsApproval)
            )
            : TypedResults.Problem(
                string.Join("; ", result.Refusals),
                statusCode: StatusCodes.Status422UnprocessableEntity,
                title: "Not sent",
                extensions: new Dictionary<string, object?> { ["refusals"] = result.Refusals }
            );
    }

    static async Task<IResult> DiscardAsync(
        SelectionRequest request,
        HttpContext http,
        DeadLetterActs acts,
        JobQueries jobs,
        CancellationToken cancellationToken
    )
    {
        if ((request.SelectionMistake() ?? Reasons.Mistake(request.Reason)) is { } mistake)
            return Problems.BadRequest(mistake);
        var (job, count) = await acts.DiscardAsync(
            request.Id ?? Guid.NewGuid(),
            request.Selection,
            request.Reason!,
            http.Actor(),
            cancellationToken
        );
        return await SecondPerson.AnswerAsync(job, count, jobs, cancellationToken);
    }

    static async Task<IResult> RestoreAsync(
        SelectionRequest request,
        HttpContext http,
        DeadLetterActs acts,
        CancellationToken cancellationToken
    ) =>
        (request.SelectionMistake() ?? Reasons.Mistake(request.Reason)) is { } mistake
            ? Problems.BadRequest(mistake)
            : TypedResults.Ok(new Changed(await acts.RestoreAsync(request.Selection, request.Reason!, http.Actor(), cancellationToken)));

    static async Task<IResult> NoteAsync(
        Guid group,
        NoteRequest request,
        HttpContext http,
        DeadLetterActs acts,
        CancellationToken cancellationToken
    )
    {
        if (request.Note is { Length: > 2000 })
            return Problems.BadRequest("note must be at most 2000 characters long");
        await acts.NoteAsync(group, request.Note ?? "", http.Actor(), cancellationToken);
        return TypedResults.NoContent();
    }
}
