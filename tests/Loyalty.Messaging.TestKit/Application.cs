using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Loyalty.Messaging.TestKit;

/// <summary>One of our programs as a real process: started, watched, killed without warning, frozen, stopped.</summary>
public sealed partial class Application : IAsyncDisposable
{
    readonly Process _process;
    readonly StringBuilder _output = new();
    readonly StringBuilder _printed = new();
    readonly StringBuilder _errors = new();
    readonly string _name;

    Application(string project, string assembly, IReadOnlyDictionary<string, string> settings, string[] arguments)
    {
        _name = project;
        var start = new ProcessStartInfo("dotnet", [Repository.Program(project, assembly), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetDirectoryName(Repository.Program(project, assembly))!,
        };
        foreach (var (key, value) in settings)
            start.Environment[key] = value;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(line.Data, _printed);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data, _errors);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Everything it has printed.</summary>
    public string Output => Read(_output);

    /// <summary>What went to standard output.</summary>
    public string Printed => Read(_printed);

    /// <summary>What went to standard error.</summary>
    public string Errors => Read(_errors);

    /// <summary>The project's.</summary>
    public string Name => _name;
    public int ProcessId => _process.Id;
    public bool HasExited => _process.HasExited;
    public int ExitCode => _process.ExitCode;
    public long ResidentBytes => Process.GetProcessById(_process.Id).WorkingSet64;

    /// <summary>What it has taken of the processors so far.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            using var now = Process.GetProcessById(_process.Id);
            return now.TotalProcessorTime;
        }
    }

    public static Application Start(
        string project,
        string assembly,
        IReadOnlyDictionary<string, string> settings,
        params string[] arguments
    ) => new(project, assembly, settings, arguments);

    /// <summary>Waits until the address answers with success.</summary>
    public async Task ReadyAsync(Uri health)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        await Eventually.TrueAsync(
            async () =>
            {
                if (HasExited)
                    throw new InvalidOperationException($"{_name} ended with {ExitCode}:\n{Output}");
                using var answer = await http.GetAsync(health);
                return answer.IsSuccessStatusCode;
            },
            $"{_name} to be ready",
            TimeSpan.FromSeconds(60)
        );
    }

    public async Task<int> ExitAsync(TimeSpan? within = null)
    {
        try
        {
            await _process.WaitForExitAsync().WaitAsync(within ?? TimeSpan.FromSeconds(60));
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"{_name} has not ended:\n{Output}", exception);
        }
        return _process.ExitCode;
    }

    /// <summary>SIGKILL: no goodbye.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGSTOP: it stands still, its connections stay open.</summary>
    public void Freeze() => _ = Signal(_process.Id, 19);

    /// <summary>SIGCONT.</summary>
    public void Thaw() => _ = Signal(_process.Id, 18);

    /// <summary>SIGTERM, as an orchestrator stops it.</summary>
    /// <exception cref="InvalidOperationException">It did not end as it should.</exception>
    public async Task StopAsync()
    {
        if (!_process.HasExited)
            _ = Signal(_process.Id, 15);
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(40));
        if (_process.ExitCode != 0)
            throw new InvalidOperationException($"It was told to stop and ended with code {_process.ExitCode}:\n{Output}");
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    string Read(StringBuilder kept)
    {
        lock (_output)
            return kept.ToString();
    }

    void Keep(string? line, StringBuilder stream)
    {
        if (line is null)
            return;
        lock (_output)
        {
            _output.AppendLine(line);
            stream.AppendLine(line);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);
}
