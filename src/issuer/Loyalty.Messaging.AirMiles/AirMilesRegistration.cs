using Loyalty.Messaging.AirMiles;
using Loyalty.Messaging.AirMiles.AmCash;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers this room.</summary>
public static class AirMilesRegistration
{
    /// <summary>
    /// Registers <see cref="IAirMilesClient"/> and <see cref="IAmCashClient"/>. Their options come from section <c>AirMiles</c> and are
    /// validated at start: an <see cref="OptionsValidationException"/> names every key that is wrong.
    /// </summary>
    public static IServiceCollection AddAirMilesClient(this IServiceCollection services)
    {
        services.AddOptions<AirMilesOptions>().BindConfiguration(AirMilesOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<AirMilesOptions>, AirMilesOptionsValidation>());
        services.TryAddSingleton(TimeProvider.System);
        AddClient(services, IssuerRequests.ClientName);
        AddClient(services, AccessTokens.ClientName);
        services.TryAddSingleton<AccessTokens>();
        services.TryAddSingleton<IssuerPipeline>();
        services.TryAddSingleton<IssuerPause>();
        services.TryAddSingleton<IIssuerPause>(provider => provider.GetRequiredService<IssuerPause>());
        services.TryAddSingleton<IssuerThrottle>();
        services.TryAddSingleton<IssuerRequests>();
        services.TryAddSingleton<IRequestPermit, UnlimitedPermit>();
        services.TryAddSingleton<IAirMilesClient, AirMilesClient>();
        services.TryAddSingleton<AmCashOutage>();
        services.TryAddSingleton<ITraceIds, RandomTraceIds>();
        services.TryAddSingleton<IAmCashClient, AmCashClient>();
        return services;
    }

    static void AddClient(IServiceCollection services, string name) =>
        services
            .AddHttpClient(name, client => client.Timeout = Timeout.InfiniteTimeSpan) // the pipeline's timeouts rule
            .RemoveAllLoggers()
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan) // PooledConnectionLifetime below sees to changes in DNS
            .ConfigurePrimaryHttpMessageHandler(provider => new SocketsHttpHandler
            {
                AllowAutoRedirect = false, // a redirect would carry token and body to an address that nobody has configured
                UseCookies = false,
                ActivityHeadersPropagator = null, // the issuer documents its headers; ours stay at home
                ConnectTimeout = TimeSpan.FromSeconds(5),
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
                MaxConnectionsPerServer = provider.GetRequiredService<IOptions<AirMilesOptions>>().Value.MaxConcurrency,
            });

    sealed class AirMilesOptionsValidation : IValidateOptions<AirMilesOptions>
    {
        public ValidateOptionsResult Validate(string? name, AirMilesOptions options)
        {
            var sentences = options.Validate().ToList();
            return sentences.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(sentences);
        }
    }
}
