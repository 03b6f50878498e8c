namespace Loyalty.Messaging.Ops.Shared;

/// <summary>
/// What the API's description says of the features: what their tags mean, and examples, which are the records themselves, so that they
/// cannot say what is not there.
/// </summary>
internal sealed class ApiExamples(IReadOnlyList<Feature> features)
{
    readonly Dictionary<Type, object> _examples = features.SelectMany(feature => feature.Examples).ToDictionary(each => each.GetType());
    readonly Dictionary<string, string> _tags = features.SelectMany(feature => feature.Tags).ToDictionary();

    /// <returns>Null when there is none.</returns>
    public object? OfType(Type type) => _examples.GetValueOrDefault(type);

    public string OfTag(string tag) =>
        _tags.GetValueOrDefault(tag) ?? throw new InvalidOperationException($"No feature says what the tag {tag} means");
}

/// <summary>Values that examples are made of.</summary>
internal static class Sample
{
    public static readonly Guid Id = new("4f8b6f0e-6c0f-4b0e-9f0e-0d6f3f1f2a01");
    public static readonly Guid Operation = new("9c1d2f4a-3b5e-4d7c-8a6f-1e2d3c4b5a02");
    public static readonly DateTimeOffset At = new(2026, 11, 21, 20, 4, 6, TimeSpan.Zero);
}
