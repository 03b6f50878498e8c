namespace Loyalty.Messaging.Simulator.Records;

internal static class RecordsRegistration
{
    public static void AddRecords(this IServiceCollection services)
    {
        services.AddSingleton<AttemptLog>();
        services.AddSingleton<BreachLog>();
    }
}
