namespace Loyalty.Messaging.Worker.AmCash;

/// <summary>Asking the issuer whether it is there and what a collector has: neither is kept by a saga, for neither has an effect.</summary>
internal static class AmCashRegistration
{
    public static void AddAmCash(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<EchoRunner>();
        builder.Services.AddHostedService<EchoTimer>();
        // Ready all the same: what comes in is kept while the issuer is away.
        builder.Services.AddHealthChecks().AddCheck<EchoCheck>("issuer", tags: ["ready"]);
    }
}
