using Microsoft.Extensions.Options;

namespace Loyalty.Messaging.Sagas.Plausibility;

/// <summary>
/// Section <c>Plausibility</c>: above what an order waits for a person, as workers hold it and ops foretells it. 0 switches a limit off.
/// </summary>
public sealed class PlausibilityOptions
{
    public const string Section = "Plausibility";

    static readonly PlausibilityLimits Defaults = new();

    /// <summary>Whole miles of one order. Default 100000.</summary>
    public int MilesPerOrder { get; set; } = Defaults.MilesPerOrder!.Value;

    /// <summary>Whole miles of all orders of one collector on one transaction day. Default 250000.</summary>
    public int MilesPerCollectorAndDay { get; set; } = Defaults.MilesPerCollectorAndDay!.Value;

    /// <summary>Between the order's completion and its coming. Default 366 days.</summary>
    public TimeSpan OrderAge { get; set; } = Defaults.OrderAge!.Value;

    public PlausibilityLimits Limits =>
        new()
        {
            MilesPerOrder = MilesPerOrder == 0 ? null : MilesPerOrder,
            MilesPerCollectorAndDay = MilesPerCollectorAndDay == 0 ? null : MilesPerCollectorAndDay,
            OrderAge = OrderAge == TimeSpan.Zero ? null : OrderAge,
        };

    public sealed class Validation : IValidateOptions<PlausibilityOptions>
    {
        public ValidateOptionsResult Validate(string? name, PlausibilityOptions options)
        {
            ArgumentNullException.ThrowIfNull(options);
            var mistakes = Mistakes(options).ToList();
            return mistakes.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(mistakes);
        }

        static IEnumerable<string> Mistakes(PlausibilityOptions options)
        {
            if (options.MilesPerOrder < 0)
                yield return $"Plausibility__MilesPerOrder must be 0 (off) or more, not {options.MilesPerOrder}";
            if (options.MilesPerCollectorAndDay < 0)
                yield return $"Plausibility__MilesPerCollectorAndDay must be 0 (off) or more, not {options.MilesPerCollectorAndDay}";
            if (options.OrderAge < TimeSpan.Zero)
                yield return $"Plausibility__OrderAge must be 0 (off) or more, not {options.OrderAge}";
        }
    }
}
