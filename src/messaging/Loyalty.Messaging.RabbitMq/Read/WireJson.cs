using System.Text.Json;
using System.Text.Json.Serialization;

namespace Loyalty.Messaging.RabbitMq.Read;

/// <summary>How JSON is written on the wire. Reading is as lenient as MassTransit's own.</summary>
public static class WireJson
{
    /// <summary>What is absent is left out: the contract promises subscribers that no field is null.</summary>
    public static JsonSerializerOptions Of(JsonSerializerOptions json) =>
        new(json) { WriteIndented = false, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };
}
