using Loyalty.Messaging.Ops.Access;
using Loyalty.Messaging.Ops.Shared;
using Microsoft.AspNetCore.Mvc;

namespace Loyalty.Messaging.Ops.Outbox;

/// <summary>What the forms on the page of parked messages do; the same as the API.</summary>
internal static class ParkedForm
{
    public static void MapParkedForm(this RouteGroupBuilder site) => site.MapPost("/outbox/release", ReleaseAsync);

    static async Task<IResult> ReleaseAsync(
        [FromForm] Guid? id,
        [FromForm] string? reason,
        [FromForm] Guid? operationId,
        HttpContext http,
        ParkedActs acts,
        FlashMessage said,
        CancellationToken cancellationToken
    )
    {
        if (Reasons.Mistake(reason) is { } mistake)
            return said.Refused(http, mistake, "/outbox");
        var (job, count) = await acts.ReleaseAsync(
            operationId ?? Guid.NewGuid(),
            id is { } one ? [one] : null,
            reason!,
            http.Actor(),
            cancellationToken
        );
        return job is not null ? said.Done(http, $"Trying again waits for a second person: {job.NeedsApproval}.", $"/jobs/{job.Id}")
            : count == 0 ? said.Refused(http, "Nothing was released: it is on its way already.", "/outbox")
            : said.Done(
                http,
                $"{Wording.Count(count, "message is", "messages are")} on the way again. What does not arrive comes back to this page.",
                "/outbox"
            );
    }
}
