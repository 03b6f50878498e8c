namespace Loyalty.Messaging.Simulator.Cash;

internal static class CashRegistration
{
    public static void AddCash(this IServiceCollection services)
    {
        services.AddSingleton<CashRules>();
        services.AddSingleton<CashAnswer>();
        services.AddSingleton<CashCall>();
    }

    public static void MapCash(this WebApplication app)
    {
        app.MapPost(CashCall.EchoPath, (HttpContext http, CashCall call) => call.HandleAsync(http, inquiry: false));
        app.MapPost(CashCall.InquirePath, (HttpContext http, CashCall call) => call.HandleAsync(http, inquiry: true));
    }
}
