using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Loyalty.Messaging.ServiceDefaults;

/// <summary>Section <c>Collectors</c>: how a collector's orders are found. Workers and the ops site need the same key.</summary>
public sealed class CollectorOptions
{
    public const string Section = "Collectors";
    const int ShortestKey = 32;

    /// <summary>
    /// Hexadecimal, at least 32 bytes, secret. Without it orders are not found by collector; with another one than before only newer orders
    /// are.
    /// </summary>
    public string? IndexKey { get; set; }

    /// <summary>Null when there is none.</summary>
    public byte[]? Key => string.IsNullOrWhiteSpace(IndexKey) ? null : Convert.FromHexString(IndexKey.Trim());

    public sealed class Validation : IValidateOptions<CollectorOptions>
    {
        public ValidateOptionsResult Validate(string? name, CollectorOptions options)
        {
            ArgumentNullException.ThrowIfNull(options);
            try
            {
                return options.Key is { Length: < ShortestKey } ? Wrong() : ValidateOptionsResult.Success;
            }
            catch (FormatException)
            {
                return Wrong();
            }
        }

        static ValidateOptionsResult Wrong() =>
            ValidateOptionsResult.Fail(
                $"Collectors__IndexKey must be at least {ShortestKey * 2} hexadecimal digits (`loyalty keys new` makes such a key)"
            );
    }
}

public static class CollectorOptionsExtensions
{
    /// <summary>Binds and checks section <c>Collectors</c>.</summary>
    public static void AddCollectorOptions(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddOptions<CollectorOptions>().BindConfiguration(CollectorOptions.Section).ValidateOnStart();
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<CollectorOptions>, CollectorOptions.Validation>());
    }
}
