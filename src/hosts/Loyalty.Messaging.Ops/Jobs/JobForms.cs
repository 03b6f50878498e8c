using Loyalty.Messaging.Ops.Access;
using Loyalty.Messaging.Ops.Acts;
using Loyalty.Messaging.Ops.Orders;
using Loyalty.Messaging.Ops.Shared;
using Loyalty.Messaging.Store.Audit;
using Loyalty.Messaging.Store.Jobs;
using Microsoft.AspNetCore.Mvc;

namespace Loyalty.Messaging.Ops.Jobs;

/// <summary>What the forms on a job's page do; the same as the API.</summary>
internal static class JobForms
{
    public static void MapJobForms(this RouteGroupBuilder site)
    {
        site.MapPost("/jobs/new", StartAsync);
        site.MapPost(
            "/jobs/{id:guid}/pause",
            Act("PauseJob", "Paused: nothing more is begun.", (store, id, _, act, token) => store.PauseAsync(id, act, token))
        );
        site.MapPost(
            "/jobs/{id:guid}/resume",
            Act(
                "ResumeJob",
                "It continues from the start of its ramp; what failed is tried again.",
                (store, id, _, act, token) => store.ResumeAsync(id, act, token)
            )
        );
        site.MapPost(
            "/jobs/{id:guid}/cancel",
            Act(
                "CancelJob",
                "Cancelled: what was not begun never will be.",
                (store, id, _, act, token) => store.CancelAsync(id, act, token)
            )
        );
        site.MapPost(
                "/jobs/{id:guid}/approve",
                Act("ApproveJob", "Approved: it has begun.", (store, id, by, act, token) => store.ApproveAsync(id, by, act, token))
            )
            .RequireAuthorization(Roles.Approver);
    }

    static async Task<IResult> StartAsync(
        IFormCollection form,
        HttpContext http,
        BulkDecisions decisions,
        FlashMessage said,
        CancellationToken cancellationToken
    )
    {
        var (filter, wrong) = new OrderListRequest
        {
            State = form["state"],
            Kind = form["what"],
            Q = form["q"],
            From = form["from"],
            To = form["to"],
            Day = form["day"],
            Stuck = form["stuck"],
        }.Read();
        var kind = form["kind"].ToString();
        if (
            (
                wrong
                ?? BulkDecisions.Mistake(filter!)
                ?? Reasons.Mistake(form["reason"])
                ?? (BulkDecisions.Kinds.Contains(kind) ? null : "kind must be retry or cancel")
            ) is
            { } mistake
        )
            return said.Refused(http, mistake, "/orders");
        var rate = int.TryParse(form["rate"], out var given) ? Math.Clamp(given, 1, BulkRequest.FastestRate) : 20;
        var operation = Guid.TryParse(form["operationId"], out var id) ? id : Guid.NewGuid();
        return await decisions.StartAsync(operation, kind, filter!, rate, form["reason"]!, http.Actor(), cancellationToken) is { } job
            ? said.Done(
                http,
                job.State == JobStates.AwaitingApproval
                    ? $"It waits for a second person: {job.NeedsApproval}."
                    : "It has begun. This page follows it.",
                $"/jobs/{job.Id}"
            )
            : said.Refused(http, "None of it is in a state that allows this.", "/orders");
    }

    static Delegate Act(string name, string done, Func<JobStore, Guid, Someone, AuditedAct, CancellationToken, Task<string?>> act) =>
        async (
            Guid id,
            [FromForm] string? reason,
            HttpContext http,
            JobStore store,
            FlashMessage said,
            CancellationToken cancellationToken
        ) =>
        {
            var here = $"/jobs/{id}";
            var refusal =
                Reasons.Mistake(reason)
                ?? await act(store, id, http.Actor().Someone, http.Actor().Does(name, $"job {id}", reason), cancellationToken);
            if (refusal is not null)
                return said.Refused(http, refusal, here);
            return said.Done(http, done, here);
        };
}
