using Loyalty.Messaging.AirMiles;
using Loyalty.Messaging.Earning;
using Loyalty.Messaging.RabbitMq.Broker;
using Loyalty.Messaging.Sagas;
using Loyalty.Messaging.Sagas.Collectors;
using Loyalty.Messaging.Sagas.Plausibility;
using Loyalty.Messaging.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace Loyalty.Messaging.Worker;

/// <summary>Reads the terms of business from the configuration: section <c>Earning</c>, and the partner's codes at the issuer.</summary>
internal static class SagaTermsConfiguration
{
    public static void AddSagaTerms(this IHostApplicationBuilder builder)
    {
        builder
            .Services.AddOptions<EarningOptions>()
            .Configure<IConfiguration>((options, configuration) => options.Read(configuration.GetSection("Earning")))
            .ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<EarningOptions>, EarningOptions.Validation>();
        builder.Services.AddOptions<TimingOptions>().BindConfiguration(TimingOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<TimingOptions>, TimingOptions.Validation>();
        builder.Services.AddOptions<PlausibilityOptions>().BindConfiguration(PlausibilityOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<PlausibilityOptions>, PlausibilityOptions.Validation>();
        builder.AddCollectorOptions();
        builder.Services.AddSingleton(services =>
        {
            var airMiles = services.GetRequiredService<IOptions<AirMilesOptions>>().Value;
            var earning = services.GetRequiredService<IOptions<EarningOptions>>().Value;
            return new SagaTerms
            {
                Rules = earning.Rules,
                Currency = earning.Currency,
                SponsorCode = airMiles.SponsorCode!,
                SponsorCodes = [.. airMiles.SponsorCodes],
                CollectorCheckDigit = airMiles.CollectorCheckDigit,
                OfferIdFormat = airMiles.OfferIdFormat,
                TransactionDayZone = TimeZoneInfo.FindSystemTimeZoneById(airMiles.TransactionDayZone),
                Queues = new IssuerQueues(services.GetRequiredService<IOptions<RabbitMqOptions>>().Value.Partitions),
                Collectors = new CollectorIndex(services.GetRequiredService<IOptions<CollectorOptions>>().Value.Key),
                Timing = services.GetRequiredService<IOptions<TimingOptions>>().Value.Timing,
                Plausibility = services.GetRequiredService<IOptions<PlausibilityOptions>>().Value.Limits,
                CollectorDays = new CollectorDays(services.GetRequiredService<ICollectorMiles>()),
                Time = services.GetRequiredService<TimeProvider>(),
            };
        });
    }
}

/// <summary>Section <c>Earning</c>.</summary>
internal sealed class EarningOptions
{
    /// <summary>Name of this set of rules; frozen with every order.</summary>
    public string Version { get; set; } = "1";

    /// <summary>Currency of the rules' amounts, ISO 4217.</summary>
    public string Currency { get; set; } = "CAD";
    public BaseRule Base { get; set; } = new();
    public IReadOnlyList<BonusRule> Bonuses { get; set; } = [];

    public EarnRules Rules =>
        new()
        {
            Version = Version,
            Base = Base,
            Bonuses = Bonuses,
        };

    /// <summary>Settings that nobody would read.</summary>
    IReadOnlyList<string> Unread { get; set; } = [];

    public void Read(IConfigurationSection section)
    {
        section.Bind(this);
        (Bonuses, Unread) = (EarningSettings.Bonuses(section), [.. EarningSettings.Unread(section)]);
    }

    public sealed class Validation : IValidateOptions<EarningOptions>
    {
        public ValidateOptionsResult Validate(string? name, EarningOptions options)
        {
            // What is misspelt is also missing: only the cause is told.
            var mistakes =
                options.Unread.Count > 0
                    ? options.Unread.ToList()
                    : options.Rules.Validate().Select(sentence => sentence.Replace(":", "__", StringComparison.Ordinal)).ToList();
            if (options.Currency.Length != 3)
                mistakes.Add("Earning__Currency must be a three-letter ISO 4217 code");
            return mistakes.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(mistakes);
        }
    }
}
