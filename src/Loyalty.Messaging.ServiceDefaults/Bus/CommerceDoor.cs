using System.Net.Mime;
using Loyalty.Messaging.Contracts;
using MassTransit.Serialization;

namespace Loyalty.Messaging.ServiceDefaults.Bus;

/// <summary>What the worker would say to an event of commerce, asked without a broker: the deserializer of its queues reads it, and nothing else does.</summary>
public static class CommerceDoor
{
    /// <param name="exchange"><see cref="WireNames.OrderCompleted"/> or <see cref="WireNames.OrderRefunded"/>: it decides which event it is.</param>
    /// <param name="contentType"><c>application/json</c>, <c>application/cloudevents+json</c> or <c>application/vnd.masstransit+json</c>.</param>
    /// <returns>What it would refuse; empty when it would accept.</returns>
    public static IReadOnlyList<ContractViolation> Ask(string exchange, string contentType, ReadOnlyMemory<byte> body)
    {
        var door = new CommerceDeserializer(new ContentType(contentType), new SystemTextJsonRawMessageSerializer());
        try
        {
            _ = door.Deserialize(new UnsentEvent(exchange, body.ToArray()));
            return [];
        }
        catch (ContractViolationException refused)
        {
            return refused.Violations;
        }
    }
}
