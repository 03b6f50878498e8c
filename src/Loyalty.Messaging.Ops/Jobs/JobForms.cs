using Loyalty.Messaging.Ops.Access;
using Loyalty.Messaging.Ops.DeadLetters;
using Loyalty.Messaging.Ops.Site;
using Loyalty.Messaging.Persistence.Audit;
using Loyalty.Messaging.Persistence.Jobs;
using Microsoft.AspNetCore.Mvc;

namespace Loyalty.Messaging.Ops.Jobs;

/// <summary>What the forms on a job's page do; the same as the API.</summary>
internal static class JobForms
{
    public static void MapJobForms(this RouteGroupBuilder site)
    {
        Act(site, "pause", "PauseJob", "Paused: nothing more is begun.", Roles.Operator, (store, id, act, token) => store.PauseAsync(id, act, token));
        Act(site, "resume", "ResumeJob", "It goes on, from the beginning of its ramp; what failed is tried again.", Roles.Operator, (store, id, act, token) => store.ResumeAsync(id, act, token));
        Act(site, "cancel", "CancelJob", "Cancelled: what was not begun never will be.", Roles.Operator, (store, id, act, token) => store.CancelAsync(id, act, token));
        Act(site, "approve", "ApproveJob", "Approved: it has begun.", Roles.Approver, (store, id, act, token) => store.ApproveAsync(id, act.Actor, act, token));
    }

    static void Act(RouteGroupBuilder site, string route, string name, string done, string role, Func<JobStore, Guid, AuditedAct, CancellationToken, Task<string?>> act) =>
        site.MapPost($"/jobs/{{id:guid}}/{route}", async (Guid id, [FromForm] string? reason, HttpContext http, JobStore store, Said said, CancellationToken cancellationToken) =>
        {
            var here = $"/jobs/{id}";
            if ((Reasons.Mistake(reason) ?? await act(store, id, http.Actor().Does(name, $"job {id}", reason), cancellationToken)) is { } refusal)
                return said.Refused(http, refusal, here);
            return said.Done(http, done, here);
        }).RequireAuthorization(role);
}
