using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using Loyalty.Messaging.Contracts;

namespace Loyalty.Messaging.ContractTests.Contracts;

/// <summary>Makes JSON Schemas (2020-12) of the records, their documentation and the reader's rules.</summary>
internal static class Schemas
{
    static readonly JsonSerializerOptions Records = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        RespectNullableAnnotations = true,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };

    static readonly JsonSerializerOptions Text = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    static readonly XmlDocs Docs = new(typeof(OrderCompleted).Assembly);

    /// <summary>Every event, with its folder under contracts/events.</summary>
    public static IReadOnlyDictionary<string, Type> Events { get; } =
        new Dictionary<string, Type>
        {
            [Name(WireNames.OrderCompleted)] = typeof(OrderCompleted),
            [Name(WireNames.OrderRefunded)] = typeof(OrderRefunded),
        }
            .Concat(WireNames.Published.Select(entry => KeyValuePair.Create(Name(entry.Value), entry.Key)))
            .ToDictionary(entry => entry.Key, entry => entry.Value);

    /// <summary>A shop's question and its answers, with their folders.</summary>
    public static IReadOnlyDictionary<string, Type> Inquiries { get; } =
        new Dictionary<string, Type>
        {
            ["inquire-balance"] = typeof(InquireBalance),
            ["balance-inquired"] = typeof(BalanceInquired),
            ["balance-inquiry-failed"] = typeof(BalanceInquiryFailed),
        };

    public static IReadOnlyDictionary<string, Type> All { get; } =
        Events.Concat(Inquiries).ToDictionary(entry => entry.Key, entry => entry.Value);

    public static bool IsIncoming(Type type) =>
        type == typeof(OrderCompleted) || type == typeof(OrderRefunded) || type == typeof(InquireBalance);

    public static string Of(string name)
    {
        var type = All[name];
        var incoming = IsIncoming(type);
        var schema = Records
            .GetJsonSchemaAsNode(
                type,
                new JsonSchemaExporterOptions
                {
                    TreatNullObliviousAsNonNullable = true,
                    TransformSchemaNode = (context, node) => Refined(context, node.AsObject(), incoming),
                }
            )
            .AsObject();
        var head = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["$id"] = $"urn:loyalty:events:{name}:v1",
            ["title"] = type.Name,
        };
        Merge(head, schema);
        return head.ToJsonString(Text);
    }

    static JsonObject Refined(JsonSchemaExporterContext context, JsonObject node, bool incoming)
    {
        var refined = new JsonObject();
        if (context.PropertyInfo is { } property)
        {
            if (Docs.Of(property.DeclaringType, PascalCase(property.Name)) is { } said)
                refined["description"] = said;
            Merge(refined, node);
            // The reader takes more forms of a date than the format's definition; the pattern says which.
            if (incoming)
                refined.Remove("format");
            if (incoming && !property.IsRequired)
                AllowNull(refined);
            if (!incoming)
                ForbidNull(refined);
            Merge(refined, Constraints.Of(property.DeclaringType, property.Name));
            return refined;
        }
        if (context.TypeInfo.Kind != JsonTypeInfoKind.Object)
            return node;
        if (Docs.Of(context.TypeInfo.Type) is { } summary)
            refined["description"] = summary;
        Merge(refined, node);
        Merge(refined, Constraints.Of(context.TypeInfo.Type));
        return refined;
    }

    /// <summary>The reader takes null for absent.</summary>
    static void AllowNull(JsonObject node)
    {
        if (node["type"] is JsonValue type)
            node["type"] = new JsonArray(type.GetValue<string>(), "null");
        node.Remove("default");
    }

    /// <summary>What is absent is left out of what we publish, never null.</summary>
    static void ForbidNull(JsonObject node)
    {
        if (node["type"] is JsonArray { Count: 2 } types && types[1]!.GetValue<string>() == "null")
            node["type"] = types[0]!.GetValue<string>();
        node.Remove("default");
    }

    static void Merge(JsonObject into, JsonObject from)
    {
        foreach (var (key, value) in from)
            into[key] = value?.DeepClone();
    }

    static string Name(string exchange) => exchange.Split('.')[1];

    static string PascalCase(string name) => char.ToUpperInvariant(name[0]) + name[1..];
}
