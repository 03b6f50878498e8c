using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Loyalty.Messaging.Simulator.Scripts;

/// <summary>A span of time: <c>"00:00:01.5"</c>, or a number of milliseconds.</summary>
[JsonConverter(typeof(ScriptDelayConverter))]
internal sealed record ScriptDelay(TimeSpan Span);

internal sealed class ScriptDelayConverter : JsonConverter<ScriptDelay>
{
    public override ScriptDelay Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number)
            return new ScriptDelay(TimeSpan.FromMilliseconds(reader.GetDouble()));
        if (TimeSpan.TryParse(reader.GetString(), CultureInfo.InvariantCulture, out var span))
            return new ScriptDelay(span);
        throw new JsonException("a delay is \"hh:mm:ss\" or a number of milliseconds");
    }

    public override void Write(Utf8JsonWriter writer, ScriptDelay value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Span.ToString("c", CultureInfo.InvariantCulture));
}
