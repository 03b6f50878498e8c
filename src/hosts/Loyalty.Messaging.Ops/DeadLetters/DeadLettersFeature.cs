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
