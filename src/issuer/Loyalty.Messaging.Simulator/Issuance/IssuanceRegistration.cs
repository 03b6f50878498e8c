namespace Loyalty.Messaging.Simulator.Issuance;

internal static class IssuanceRegistration
{
    public static void AddIssuance(this IServiceCollection services)
    {
        services.AddSingleton<Ledger>();
        services.AddSingleton<IssuanceRules>();
        services.AddSingleton<KeyMemory>();
        services.AddSingleton<IssuanceAnswer>();
        services.AddSingleton<IssuanceDecision>();
        services.AddSingleton<IssuanceCall>();
    }

    public static void MapIssuance(this WebApplication app)
    {
        app.MapPost(IssuanceCall.PostPath, (HttpContext http, IssuanceCall call) => call.HandleAsync(http, reversal: false));
        app.MapPost(IssuanceCall.ReversePath, (HttpContext http, IssuanceCall call) => call.HandleAsync(http, reversal: true));
    }
}
