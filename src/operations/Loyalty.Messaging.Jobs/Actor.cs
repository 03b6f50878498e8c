using Loyalty.Messaging.Store.Audit;
using Loyalty.Messaging.Store.Jobs;

namespace Loyalty.Messaging.Jobs;

/// <summary>Who acts, as which.</summary>
/// <param name="Identity">As <see cref="Someone.Identity"/>.</param>
public sealed record Actor(string Name, string Role, string Identity)
{
    public Someone Someone => new(Name, Identity);

    public AuditedAct Does(string act, string subject, string? reason = null, object? details = null) =>
        new(Name, Role, act, subject, reason, details);
}
