using Microsoft.Extensions.Options;

namespace Loyalty.Messaging.ServiceDefaults;

/// <summary>The outermost frame of every host: a bad setting is one clear line and exit code 78, not a stack trace.</summary>
public static class Entry
{
    /// <summary>EX_CONFIG of sysexits.h.</summary>
    public const int BadConfiguration = 78;

    public static Task<int> RunAsync(Func<Task> host)
    {
        ArgumentNullException.ThrowIfNull(host);
        return RunAsync(async () =>
        {
            await host();
            return 0;
        });
    }

    /// <param name="program">Gives the exit code when the settings are right.</param>
    public static async Task<int> RunAsync(Func<Task<int>> program)
    {
        ArgumentNullException.ThrowIfNull(program);
        try
        {
            return await program();
        }
        catch (OptionsValidationException exception)
        {
            return Refuse(exception.Failures);
        }
        catch (ConfigurationMistakeException exception)
        {
            return Refuse([exception.Message]);
        }
        catch (InvalidOperationException exception) when (exception.Message.StartsWith("Failed to convert configuration value", StringComparison.Ordinal))
        {
            return Refuse([exception.Message]);
        }
    }

    static int Refuse(IEnumerable<string> mistakes)
    {
        foreach (var mistake in mistakes)
            Console.Error.WriteLine($"configuration: {mistake}");
        return BadConfiguration;
    }
}
