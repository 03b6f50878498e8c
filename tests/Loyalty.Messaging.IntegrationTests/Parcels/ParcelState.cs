using MassTransit;

namespace Loyalty.Messaging.IntegrationTests.Parcels;

/// <summary>A saga that has nothing to do with miles: Delivery must serve any.</summary>
public sealed class ParcelState : SagaStateMachineInstance, ISagaVersion
{
    public Guid CorrelationId { get; set; }
    public string CurrentState { get; set; } = "";
    public int Version { get; set; }
    public string Route { get; set; } = "";
    public int Scans { get; set; }
    public Size Size { get; set; }
    public decimal Weight { get; set; }
    public decimal? Insured { get; set; }
    public long? Customs { get; set; }
    public Guid? Sender { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset? DeliveredAt { get; set; }
    public DateOnly? Due { get; set; }
    public byte[]? Label { get; set; }
    public string? Remark { get; set; }
    public bool Fragile { get; set; }
    public List<string> Stops { get; set; } = [];

    /// <summary>Never changed in place.</summary>
    public Papers? Papers { get; set; }
}

/// <summary>Large, and not to be compressed.</summary>
public sealed record Papers(string Text);

public enum Size
{
    Small,
    Large,
}

public sealed record Posted(Guid ParcelId, string Route, int FailTimes = 0);

public sealed record Scanned(Guid ParcelId, string Stop);

public sealed record RouteClosed(string Route);

/// <summary>It is delivered once more, by another route.</summary>
public sealed record Forwarded(Guid ParcelId, string Route);

public sealed record Deliver(Guid ParcelId, string Route);

public sealed record Notice(Guid ParcelId, string Text);
