using Microsoft.Extensions.Configuration;

namespace Loyalty.Messaging.ServiceDefaults;

/// <summary>Any setting may stand in a file: <c>KEY__File</c> is the path of a file that holds the value of <c>KEY</c>.</summary>
internal static class SecretFiles
{
    const string Suffix = ":File";

    /// <exception cref="ConfigurationMistakeException">A named file cannot be read.</exception>
    public static void AddSecretFiles(this IConfigurationManager configuration)
    {
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, path) in configuration.AsEnumerable())
        {
            if (path is null || !key.EndsWith(Suffix, StringComparison.OrdinalIgnoreCase))
                continue;
            try
            {
                values[key[..^Suffix.Length]] = File.ReadAllText(path).TrimEnd('\r', '\n');
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new ConfigurationMistakeException(
                    $"{key.Replace(":", "__", StringComparison.Ordinal)}: the file {path} cannot be read ({exception.Message})"
                );
            }
        }
        if (values.Count > 0)
            configuration.AddInMemoryCollection(values);
    }
}
