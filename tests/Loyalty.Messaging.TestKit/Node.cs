using System.ComponentModel;
using System.Diagnostics;

namespace Loyalty.Messaging.TestKit;

/// <summary>Node and npm, as this system has them.</summary>
public static class Node
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <param name="program">node or npm.</param>
    /// <exception cref="InvalidOperationException">This system does not have it.</exception>
    public static async Task<(int ExitCode, string Printed, string Errors)> RunAsync(
        string program,
        string[] arguments,
        string folder,
        IReadOnlyDictionary<string, string> environment,
        string input = ""
    )
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (key, value) in environment)
            start.Environment[key] = value;
        // The runner's own Node settings are nobody's business here.
        start.Environment.Remove("NODE_OPTIONS");
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            throw new InvalidOperationException(
                $"{program} is not installed; install Node 18 or later with npm: deploy/local/packages.sh node, "
                    + "or sudo apt-get install nodejs npm"
            );
        }
        using (process)
        {
            var (printed, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            await process.WaitForExitAsync().WaitAsync(Patience);
            return (process.ExitCode, await printed, await errors);
        }
    }
}
