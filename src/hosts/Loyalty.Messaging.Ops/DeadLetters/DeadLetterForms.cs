using System.Globalization;
using Loyalty.Messaging.DeadLetters.Replaying;
using Loyalty.Messaging.Ops.Access;
using Loyalty.Messaging.Ops.Shared;
using Loyalty.Messaging.Store.Jobs;
using Microsoft.AspNetCore.Mvc;

namespace Loyalty.Messaging.Ops.DeadLetters;

/// <summary>What the forms on the pages of dead letters do; the same as the API.</summary>
internal static class DeadLetterForms
{
    public static void MapDeadLetterForms(this RouteGroupBuilder site)
    {
        site.MapPost("/dead-letters/replays", ReplayAsync);
        site.MapPost("/dead-letters/discard", DiscardAsync);
        site.MapPost("/dead-letters/restore", RestoreAsync);
        site.MapPost("/dead-letters/{id:guid}/edit", EditAsync);
        site.MapPost("/dead-letters/groups/{group:guid}/note", NoteAsync);
    }

    static async Task<IResult> ReplayAsync(
        [FromForm] SelectionForm form,
        [FromForm] int? rate,
        [FromForm] string? ramp,
        [FromForm] string? stopOnSame,
        [FromForm] int? stopShare,
        HttpContext http,
        Replays replays,
        FlashMessage said,
        CancellationToken cancellationToken
    )
    {
        var order = new ReplayOrder
        {
            Id = form.OperationId ?? Guid.NewGuid(),
            Selection = form.Selection,
            Reason = form.Reason ?? "",
            StopOnSame = stopOnSame is not null,
        };
        order = order with { Rate = rate ?? order.Rate, StopShare = stopShare ?? order.StopShare, Ramp = Steps(ramp) };
        if ((Reasons.Mistake(form.Reason) ?? order.Mistake()) is { } mistake)
            return said.Refused(http, mistake, "/dead-letters");
        return await replays.StartAsync(order, http.Actor(), cancellationToken) is { } job
            ? said.Done(
                http,
                job.State == JobStates.AwaitingApproval
                    ? $"The replay waits for a second person: {job.NeedsApproval}."
                    : "The replay has begun. This page follows it.",
                $"/jobs/{job.Id}"
            )
            : said.Refused(http, "None of what was selected is open: it is already being replayed, or was dealt with.", "/dead-letters");
    }

    static async Task<IResult> DiscardAsync(
        [FromForm] SelectionForm form,
        HttpContext http,
        DeadLetterActs acts,
        FlashMessage said,
        CancellationToken cancellationToken
    )
    {
        if (Reasons.Mistake(form.Reason) is { } mistake)
            return said.Refused(http, mistake, "/dead-letters");
        var (job, count) = await acts.DiscardAsync(
            form.OperationId ?? Guid.NewGuid(),
            form.Selection,
            form.Reason!,
            http.Actor(),
            cancellationToken
        );
        return job is null
            ? said.Done(
                http,
                $"{Wording.Count(count, "dead letter is", "dead letters are")} discarded; until they are deleted they can be restored.",
                "/dead-letters?state=Discarded"
            )
            : said.Done(http, $"Discarding waits for a second person: {job.NeedsApproval}.", $"/jobs/{job.Id}");
    }

    static async Task<IResult> RestoreAsync(
        [FromForm] SelectionForm form,
        HttpContext http,
        DeadLetterActs acts,
        FlashMessage said,
        CancellationToken cancellationToken
    )
    {
        if (Reasons.Mistake(form.Reason) is { } mistake)
            return said.Refused(http, mistake, "/dead-letters?state=Discarded");
        var count = await acts.RestoreAsync(form.Selection, form.Reason!, http.Actor(), cancellationToken);
        return said.Done(
            http,
            $"{Wording.Count(count, "dead letter is", "dead letters are")} open again.",
            form.Id is [var one] ? $"/dead-letters/{one}" : "/dead-letters"
        );
    }

    static async Task<IResult> EditAsync(
        Guid id,
        [FromForm] string? body,
        [FromForm] string? reason,
        [FromForm] Guid? operationId,
        HttpContext http,
        Edits edits,
        FlashMessage said,
        CancellationToken cancellationToken
    )
    {
        var here = $"/dead-letters/{id}";
        if (Reasons.Mistake(reason) is { } mistake)
            return said.Refused(http, mistake, here);
        var result = await edits.SendAsync(operationId ?? Guid.NewGuid(), id, body ?? "", reason!, http.Actor(), cancellationToken);
        if (result.EditedId is not { } edited)
            return said.Refused(http, $"Not sent: {string.Join("; ", result.Refusals)}.", here);
        return result.Job is { } job
            ? said.Done(
                http,
                job.State == JobStates.AwaitingApproval
                    ? $"The edited event waits for a second person: {job.NeedsApproval}."
                    : "The edited event is on its way.",
                $"/jobs/{job.Id}"
            )
            : said.Done(http, "The edited event was taken.", $"/dead-letters/{edited}");
    }

    static async Task<IResult> NoteAsync(
        Guid group,
        [FromForm] string? note,
        HttpContext http,
        DeadLetterActs acts,
        FlashMessage said,
        CancellationToken cancellationToken
    )
    {
        var here = $"/dead-letters?group={group}";
        if (note is { Length: > 2000 })
            return said.Refused(http, "A note must be at most 2000 characters long.", here);
        await acts.NoteAsync(group, note ?? "", http.Actor(), cancellationToken);
        return said.Done(http, "Noted.", here);
    }

    /// <summary><c>1, 5, 50</c>; what is no number makes a step that is refused.</summary>
    static List<int> Steps(string? ramp) =>
        [
            .. (ramp ?? "")
                .Split([',', ' '], StringSplitOptions.RemoveEmptyEntries)
                .Select(step => int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0),
        ];
}
