using Loyalty.Messaging.AirMiles;

namespace Loyalty.Messaging.Sagas.Collectors;

/// <summary>Leaves of whatever could be a collector number its last four digits.</summary>
public static class CollectorMask
{
    /// <returns><c>*******2028</c>; null of null, and of what would show more than half of itself.</returns>
    public static string? OfNumber(string? collectorNumber) =>
        collectorNumber is { Length: > 8 } ? $"*******{collectorNumber[^4..]}" : null;

    public static string Of(string text) => Mask.Numbers(text);

    /// <summary>Whatever could be one, each once.</summary>
    public static IEnumerable<string> NumbersIn(string text) => Mask.NumbersIn(text);
}
