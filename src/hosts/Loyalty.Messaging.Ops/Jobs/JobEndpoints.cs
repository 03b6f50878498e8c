using Loyalty.Messaging.Ops.Access;
using Loyalty.Messaging.Ops.Acts;
using Loyalty.Messaging.Ops.Shared;
using Loyalty.Messaging.Store.Audit;
using Loyalty.Messaging.Store.Jobs;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Loyalty.Messaging.Ops.Jobs;

/// <summary><c>/api/v1/jobs</c>, and the same for replays under <c>/api/v1/dead-letters/replays</c>.</summary>
internal static class JobEndpoints
{
    const int MostAtOnce = 500;

    public static void MapJobs(this RouteGroupBuilder api)
    {
        var jobs = api.MapGroup("/jobs").WithTags("Jobs");
        jobs.MapGet("", ListAsync).WithName("ListJobs").WithSummary("Jobs, the newest first");
        jobs.MapPost("", StartAsync)
            .WithName("StartJob")
            .WithSummary(
                "One decision about many orders and refunds: say to how many it would be done (preview), or make the job that does it"
            )
            .RequireAuthorization(Roles.Operator)
            .Produces<BulkPreview>()
            .Produces<JobView>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status409Conflict);
        Map(jobs, "Job");
        jobs.MapGet("/{id:guid}/items", ItemsAsync)
            .WithName("ListJobItems")
            .WithSummary("What became of each thing that a job works on")
            .ProducesProblem(StatusCodes.Status404NotFound);
        Act(
            jobs,
            "/{id:guid}/pause",
            "PauseJob",
            "Begin no further items for now",
            Roles.Operator,
            (store, id, _, act, token) => store.PauseAsync(id, act, token)
        );
        Act(
            jobs,
            "/{id:guid}/resume",
            "ResumeJob",
            "Continue from the start of the ramp; failed items are tried again",
            Roles.Operator,
            (store, id, _, act, token) => store.ResumeAsync(id, act, token)
        );
        Act(
            jobs,
            "/{id:guid}/cancel",
            "CancelJob",
            "Begin no further items, for good",
            Roles.Operator,
            (store, id, _, act, token) => store.CancelAsync(id, act, token)
        );
        Act(
            jobs,
            "/{id:guid}/approve",
            "ApproveJob",
            "A second person says yes",
            Roles.Approver,
            (store, id, by, act, token) => store.ApproveAsync(id, by, act, token)
        );
        Map(api.MapGroup("/dead-letters/replays").WithTags("Dead letters"), "Replay");
    }

    static void Map(RouteGroupBuilder jobs, string what)
    {
        jobs.MapGet("/{id:guid}", ShowAsync)
            .WithName($"Show{what}")
            .WithSummary("Progress and state of a job")
            .ProducesProblem(StatusCodes.Status404NotFound);
        jobs.MapDelete("/{id:guid}", CancelAsync)
            .WithName($"Delete{what}")
            .WithSummary("Cancel it; the reason may be given as ?reason=")
            .RequireAuthorization(Roles.Operator)
            .Produces<JobView>()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
    }

    static void Act(
        RouteGroupBuilder jobs,
        string route,
        string name,
        string summary,
        string role,
        Func<JobStore, Guid, Someone, AuditedAct, CancellationToken, Task<string?>> act
    ) =>
        jobs.MapPost(
                route,
                async Task<IResult> (
                    Guid id,
                    ReasonRequest request,
                    HttpContext http,
                    JobStore store,
                    JobQueries queries,
                    CancellationToken cancellationToken
                ) =>
                    Reasons.Mistake(request.Reason) is { } mistake
                        ? Problems.BadRequest(mistake)
                        : await AnswerAsync(
                            id,
                            await act(
                                store,
                                id,
                                http.Actor().Someone,
                                http.Actor().Does(name, $"job {id}", request.Reason),
                                cancellationToken
                            ),
                            queries,
                            cancellationToken
                        )
            )
            .WithName(name)
            .WithSummary(summary)
            .RequireAuthorization(role)
            .Produces<JobView>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);

    static async Task<Ok<IReadOnlyList<JobView>>> ListAsync(
        DateTimeOffset? before,
        int? limit,
        JobQueries queries,
        CancellationToken cancellationToken
    ) => TypedResults.Ok(await queries.ListAsync(before, Math.Clamp(limit ?? 50, 1, MostAtOnce), cancellationToken));

    static async Task<IResult> StartAsync(
        BulkRequest request,
        HttpContext http,
        BulkDecisions decisions,
        JobQueries queries,
        CancellationToken cancellationToken
    )
    {
        if ((request.Mistake() ?? (request.Preview ? null : Reasons.Mistake(request.Reason))) is { } mistake)
            return Problems.BadRequest(mistake);
        if (request.Preview)
            return TypedResults.Ok(await decisions.PreviewAsync(request.Kind!, request.Filter, http.Actor(), cancellationToken));
        return
            await decisions.StartAsync(
                request.Id ?? Guid.NewGuid(),
                request.Kind!,
                request.Filter,
                request.Rate ?? 20,
                request.Reason!,
                http.Actor(),
                cancellationToken
            )
                is { } job
            ? TypedResults.Accepted($"/api/v1/jobs/{job.Id}", await queries.FindAsync(job.Id, cancellationToken))
            : TypedResults.Problem(
                "None of what was selected is in a state that allows this",
                statusCode: StatusCodes.Status409Conflict,
                title: "Nothing to do"
            );
    }

    static async Task<Results<Ok<JobView>, ProblemHttpResult>> ShowAsync(
        Guid id,
        JobQueries queries,
        CancellationToken cancellationToken
    ) => await queries.FindAsync(id, cancellationToken) is { } job ? TypedResults.Ok(job) : Missing(id);

    static async Task<Results<Ok<IReadOnlyList<JobItemView>>, ProblemHttpResult>> ItemsAsync(
        Guid id,
        string? state,
        int? after,
        int? limit,
        JobQueries queries,
        CancellationToken cancellationToken
    )
    {
        if (await queries.FindAsync(id, cancellationToken) is null)
            return Missing(id);
        var items = await queries.ItemsAsync(id, state, after ?? 0, Math.Clamp(limit ?? 100, 1, MostAtOnce), cancellationToken);
        return TypedResults.Ok<IReadOnlyList<JobItemView>>([.. items.Select(JobItemView.Of)]);
    }

    static async Task<IResult> CancelAsync(
        Guid id,
        string? reason,
        HttpContext http,
        JobStore store,
        JobQueries queries,
        CancellationToken cancellationToken
    ) =>
        await AnswerAsync(
            id,
            await store.CancelAsync(id, http.Actor().Does("CancelJob", $"job {id}", reason ?? "no reason given"), cancellationToken),
            queries,
            cancellationToken
        );

    static async Task<IResult> AnswerAsync(Guid id, string? refusal, JobQueries queries, CancellationToken cancellationToken)
    {
        if (await queries.FindAsync(id, cancellationToken) is not { } job)
            return Missing(id);
        return refusal is null
            ? TypedResults.Ok(job)
            : TypedResults.Problem(refusal, statusCode: StatusCodes.Status409Conflict, title: $"Refused: {job.State}");
    }

    static ProblemHttpResult Missing(Guid id) =>
        TypedResults.Problem($"There is no job {id}", statusCode: StatusCodes.Status404NotFound, title: "Unknown job");
}

/// <summary>What became of one thing.</summary>
internal sealed record JobItemView
{
    public required int Ordinal { get; init; }

    /// <summary>The id of a dead letter, or <c>order </c> or <c>refund </c> and an id.</summary>
    public required string Subject { get; init; }
    public string? OrderId { get; init; }

    /// <summary><c>Waiting</c>, <c>Sent</c>, <c>Done</c>, <c>Failed</c> or <c>Skipped</c>.</summary>
    public required string State { get; init; }
    public string? Outcome { get; init; }
    public DateTimeOffset? SentAt { get; init; }
    public DateTimeOffset? SettledAt { get; init; }

    public static JobItemView Of(JobItem item) =>
        new()
        {
            Ordinal = item.Ordinal,
            Subject = item.Subject,
            OrderId = item.OrderId,
            State = item.State,
            Outcome = item.Outcome,
            SentAt = item.SentAt,
            SettledAt = item.SettledAt,
        };
}
