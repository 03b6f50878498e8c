namespace Loyalty.Messaging.TestKit;

public static class Migration
{
    /// <summary><c>loyalty migrate</c>, as in production.</summary>
    public static async Task RunAsync(TestDatabase database)
    {
        await using var migrate = Application.Start(
            "Loyalty.Messaging.Cli",
            "loyalty",
            new Dictionary<string, string> { ["ConnectionStrings__Loyalty"] = database.ConnectionString },
            "migrate"
        );
        if (await migrate.ExitAsync() != 0)
            throw new InvalidOperationException($"loyalty migrate failed:\n{migrate.Output}");
    }
}
