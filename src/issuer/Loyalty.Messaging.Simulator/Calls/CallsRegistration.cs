using Loyalty.Messaging.Simulator.Answers;
using Loyalty.Messaging.Simulator.Records;

namespace Loyalty.Messaging.Simulator.Calls;

internal static class CallsRegistration
{
    public static void AddCalls(this IServiceCollection services)
    {
        services.AddSingleton<CollectorLanes>();
        services.AddSingleton<HeldCalls>();
        services.AddSingleton<Delivery>();
        services.AddSingleton<Reception>();
    }

    /// <summary>Whatever the contract does not know is refused and recorded.</summary>
    public static void MapUnknown(this WebApplication app) =>
        app.MapFallback(
            "{*path}",
            async (HttpContext http, Reception reception) =>
            {
                if (http.Request.Path.StartsWithSegments("/simulator"))
                {
                    http.Response.StatusCode = StatusCodes.Status404NotFound;
                    return;
                }

                var call = await reception.ReceiveAsync(http);
                await reception.AnswerAsync(
                    call,
                    reception.Breach(
                        call,
                        BreachKind.UnknownPath,
                        $"{http.Request.Method} {http.Request.Path} is not in the contract",
                        StatusCodes.Status404NotFound
                    )
                );
            }
        );
}
