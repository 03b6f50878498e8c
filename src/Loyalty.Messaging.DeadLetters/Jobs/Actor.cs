using Loyalty.Messaging.Persistence.Audit;

namespace Loyalty.Messaging.DeadLetters.Jobs;

/// <summary>Who acts, as which.</summary>
public sealed record Actor(string Name, string Role)
{
    public AuditedAct Does(string act, string subject, string? reason, object? details = null) => new(Name, Role, act, subject, reason, details);
}
