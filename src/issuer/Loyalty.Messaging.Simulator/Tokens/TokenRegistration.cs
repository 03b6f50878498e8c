namespace Loyalty.Messaging.Simulator.Tokens;

internal static class TokenRegistration
{
    public static void AddTokens(this IServiceCollection services)
    {
        services.AddSingleton<TokenIssuer>();
        services.AddSingleton<TokenCheck>();
        services.AddSingleton<TokenCall>();
    }

    public static void MapTokens(this WebApplication app) =>
        app.MapPost(TokenCall.Path, (HttpContext http, TokenCall call) => call.HandleAsync(http));
}
