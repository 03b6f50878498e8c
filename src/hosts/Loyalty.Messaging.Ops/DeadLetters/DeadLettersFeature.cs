using Loyalty.Messaging.DeadLetters;
using Loyalty.Messaging.Ops.Access;
using Loyalty.Messaging.Ops.Shared;
using Loyalty.Messaging.ServiceDefaults;
using Loyalty.Messaging.Store.Jobs;

namespace Loyalty.Messaging.Ops.DeadLetters;

/// <summary>What was given up, and what is done about it.</summary>
internal static class DeadLettersFeature
{
    public static Feature Feature { get; } =
        new()
        {
            Needs = Add,
            Api = DeadLetterEndpoints.MapDeadLetters,
            Forms = DeadLetterForms.MapDeadLetterForms,
            Navigation = [new("/dead-letters", "Dead letters")],
            Tags = new Dictionary<string, string> { ["Dead letters"] = "Messages that were given up, and sending them again" },
            Examples =
            [
                new SelectionRequest
                {
                    Ids = [Sample.Id],
                    Reason = "A test of the shop's",
                    Id = Sample.Operation,
                },
                new ReplayRequest
                {
                    Ids = [Sample.Id],
                    Reason = "Till 9 is fixed",
                    Id = Sample.Operation,
                    Rate = 100,
                    Ramp = [1, 5, 50],
                },
                new EditRequest
                {
                    Body = """{ "refundId": "RF-77", "orderId": "W-1001", "refundedAt": "2026-11-22T09:00:00-05:00", "full": true }""",
                    Reason = "The till left the order out",
                    Id = Sample.Operation,
                },
                new NoteRequest { Note = "Till 9, the shop knows; a new version comes on Monday" },
                new EditAnswer(Sample.Id, Sample.Operation, "Running", null),
                new Changed(1),
            ],
        };

    static void Add(WebApplicationBuilder builder)
    {
        builder.Services.AddScoped<DeadLetterActs>();
        var section = builder.Configuration.GetSection(AccessOptions.Section);
        var (letters, access) = (
            section.Get<DeadLetterOptions>() ?? new DeadLetterOptions(),
            section.Get<AccessOptions>() ?? new AccessOptions()
        );
        if (letters.Mistake() is { } mistake)
            throw new ConfigurationMistakeException(mistake);
        // On a site that anybody on this machine may use there is nobody else to ask.
        var limits = access.IsOpen
            ? ApprovalLimits.Off
            : new ApprovalLimits(letters.Approval.Messages, letters.Approval.Miles, letters.Approval.Period);
        builder.AddDeadLetters(limits, letters.DeadLettersKeptFor);
    }
}
