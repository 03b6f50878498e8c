namespace Loyalty.Messaging.Ops.Shared;

/// <summary>How many were changed at once.</summary>
internal sealed record Changed(int Count);
