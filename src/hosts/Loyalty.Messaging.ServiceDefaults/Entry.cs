using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace Loyalty.Messaging.ServiceDefaults;

/// <summary>The outermost frame of every host: a bad setting is one clear line and exit code 78, not a stack trace.</summary>
public static partial class Entry
{
    /// <summary>EX_CONFIG of sysexits.h.</summary>
    public const int BadConfiguration = 78;

    /// <summary>EX_SOFTWARE: a part of the host has ended that should not have.</summary>
    public const int Broken = 70;

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
        catch (InvalidOperationException exception) when (NotConverted().Match(exception.Message) is { Success: true } match)
        {
            return Refuse([
                $"{match.Groups["path"].Value.Replace(":", "__", StringComparison.Ordinal)} must be {Kind(match.Groups["type"].Value)}",
            ]);
        }
    }

    /// <summary>The value is not repeated: an address may hold a password.</summary>
    static string Kind(string type) =>
        type switch
        {
            "System.Int32" or "System.Int64" => "a whole number",
            "System.Decimal" or "System.Double" => "a number, with a point and not a comma",
            "System.DateOnly" => "a day (yyyy-mm-dd)",
            "System.TimeSpan" => "a time span (hh:mm:ss)",
            "System.Boolean" => "true or false",
            "System.Uri" => "an absolute address",
            _ => Names(type) is { Length: > 0 } names
                ? $"one of {string.Join(", ", names)}"
                : $"one of the values of {type.Split('.')[^1]}",
        };

    static string[] Names(string type) =>
        AppDomain
            .CurrentDomain.GetAssemblies()
            .Select(assembly => assembly.GetType(type))
            .FirstOrDefault(found => found is { IsEnum: true })
            is { } values
            ? Enum.GetNames(values)
            : [];

    static int Refuse(IEnumerable<string> mistakes)
    {
        foreach (var mistake in mistakes)
            Console.Error.WriteLine($"configuration: {mistake}");
        return BadConfiguration;
    }

    [GeneratedRegex("^Failed to convert configuration value '.*' at '(?<path>[^']+)' to type '(?<type>[^']+)'", RegexOptions.Singleline)]
    private static partial Regex NotConverted();
}
