using System.Globalization;
using Loyalty.Messaging.Ops.Shared;
using Loyalty.Messaging.Sagas;
using Loyalty.Messaging.Sagas.Collectors;
using Loyalty.Messaging.Sagas.Plausibility;
using Loyalty.Messaging.ServiceDefaults;
using Loyalty.Messaging.Store.Orders;
using Microsoft.Extensions.Options;

namespace Loyalty.Messaging.Ops.Orders;

/// <summary>Orders with their refunds: found, listed, looked at.</summary>
internal static class OrdersFeature
{
    const string StuckAfter = "Ops:StuckAfter";
    const string KeyLifetime = "Timing:KeyLifetime";

    public static Feature Feature { get; } =
        new()
        {
            Needs = Add,
            Api = OrderEndpoints.MapOrders,
            Forms = RevealForm.MapRevealForm,
            Routes = app =>
            {
                app.MapSearch();
                app.MapRefundRedirect();
            },
            Navigation = [new("/orders", "Orders"), new("/timers", "Timers")],
            Tags = new Dictionary<string, string>
            {
                ["Orders"] = "Orders and refunds: what became of them, and what will happen automatically",
            },
            Examples = [new CollectorSearch { Q = "80085102028", Limit = 50 }, new RevealedCollector("W-1001", "80085102028")],
        };

    static void Add(WebApplicationBuilder builder)
    {
        builder.AddCollectorOptions();
        builder.Services.AddSingleton(services => new CollectorIndex(services.GetRequiredService<IOptions<CollectorOptions>>().Value.Key));
        builder.Services.AddSingleton(Limits(builder.Configuration));
        builder.Services.AddSingleton(Timing(builder.Configuration));
        builder.Services.AddOptions<PlausibilityOptions>().BindConfiguration(PlausibilityOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<PlausibilityOptions>, PlausibilityOptions.Validation>();
        builder.Services.AddSingleton(services => services.GetRequiredService<IOptions<PlausibilityOptions>>().Value.Limits);
        builder.Services.AddSingleton<CollectorTickets>().AddSingleton<StateGraphs>();
    }

    /// <summary>How long the issuer is trusted to know a key, as the workers have it.</summary>
    /// <exception cref="ConfigurationMistakeException">No time.</exception>
    static SagaTiming Timing(ConfigurationManager configuration)
    {
        var timing = new SagaTiming();
        if (configuration[KeyLifetime] is not { Length: > 0 } configured)
            return timing;
        return
            TimeSpan.TryParse(configured, CultureInfo.InvariantCulture, out var lifetime)
            && lifetime > TimeSpan.Zero
            && lifetime <= TimeSpan.FromDays(366)
            ? timing with
            {
                KeyLifetime = lifetime,
            }
            : throw new ConfigurationMistakeException(
                $"Timing__KeyLifetime must be above 0 and at most 366 days (d.hh:mm:ss), not {configured}"
            );
    }

    /// <exception cref="ConfigurationMistakeException">No state, or no time.</exception>
    static StuckLimits Limits(ConfigurationManager configuration)
    {
        var limits = new Dictionary<string, TimeSpan>(StuckLimits.Default.After, StringComparer.Ordinal);
        // One by one: the binder passes over a value of a dictionary that it cannot read.
        foreach (var setting in configuration.GetSection(StuckAfter).GetChildren())
        {
            var state =
                SagaKind.OpenStates.FirstOrDefault(each => string.Equals(each, setting.Key, StringComparison.OrdinalIgnoreCase))
                ?? throw new ConfigurationMistakeException(
                    $"Ops__StuckAfter__{setting.Key}: there is no such state to be stuck in; "
                        + $"there are {string.Join(", ", SagaKind.OpenStates)}"
                );
            limits[state] =
                TimeSpan.TryParse(setting.Value, CultureInfo.InvariantCulture, out var limit) && limit > TimeSpan.Zero
                    ? limit
                    : throw new ConfigurationMistakeException($"Ops__StuckAfter__{state} must be a time span (hh:mm:ss) above 00:00:00");
        }
        return new StuckLimits(limits);
    }
}
