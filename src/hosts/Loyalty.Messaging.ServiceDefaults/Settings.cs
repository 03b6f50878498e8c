using Microsoft.Extensions.Configuration;

namespace Loyalty.Messaging.ServiceDefaults;

/// <summary>For programs that are no hosts: the same settings under the same names.</summary>
public static class Settings
{
    /// <summary>The environment variables, with <c>KEY__File</c> read from its file.</summary>
    /// <exception cref="ConfigurationMistakeException">A named file cannot be read.</exception>
    public static IConfiguration FromEnvironment()
    {
        var configuration = new ConfigurationManager();
        configuration.AddEnvironmentVariables();
        configuration.AddSecretFiles();
        return configuration;
    }
}
