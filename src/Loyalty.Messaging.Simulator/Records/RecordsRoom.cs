namespace Loyalty.Messaging.Simulator.Records;

internal static class RecordsRoom
{
    public static void AddRecords(this IServiceCollection services)
    {
        services.AddSingleton<Ledger>();
        services.AddSingleton<AttemptLog>();
        services.AddSingleton<BreachLog>();
    }
}
