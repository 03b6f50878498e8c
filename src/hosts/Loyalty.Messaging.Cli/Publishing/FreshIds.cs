using System.Text.Json.Nodes;

namespace Loyalty.Messaging.Cli.Publishing;

/// <summary>
/// New ids for all files of one call, so that examples can be published again and again. The same id in two files becomes the same new id:
/// a refund still names its order.
/// </summary>
internal sealed class FreshIds
{
    readonly string _run = Guid.CreateVersion7().ToString("N");
    readonly Dictionary<(string Field, string Id), string> _known = [];

    public EventFile Apply(EventFile file)
    {
        var content = (JsonObject)file.Content.DeepClone();
        foreach (var field in (string[])["eventId", "orderId", "refundId"])
            if (content[field] is JsonValue value && value.TryGetValue<string>(out var id))
                content[field] = NewId(field, id);
        content["eventId"] ??= Guid.NewGuid().ToString();
        return file.With(content);
    }

    string NewId(string field, string id)
    {
        if (_known.TryGetValue((field, id), out var known))
            return known;
        // Business keys keep their beginning, so that a person recognises them, and stay within 64 characters.
        var made = field == "eventId" ? Guid.NewGuid().ToString() : $"{id[..Math.Min(id.Length, 48)]}-{_run[^12..]}{_known.Count:x2}";
        return _known[(field, id)] = made;
    }
}
