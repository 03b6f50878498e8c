using System.Diagnostics;
using System.Runtime.InteropServices;

/// <summary>
/// Loaded into a process by DOTNET_STARTUP_HOOKS. Ends it without a goodbye (SIGKILL) when one of the diagnostic points that the product
/// names anyway is reached for the n-th time: CRASH_AT=listener/point, CRASH_HIT=n, of all or of what CRASH_OF names; with CRASH_SIGNAL=19
/// it stands still there (SIGSTOP), with CRASH_SIGNAL=0 only whoever reached the point does, for ever. The product itself knows nothing of
/// crashes.
/// </summary>
#pragma warning disable CA1050 // The runtime looks for a type of this name outside any namespace.
internal static partial class StartupHook
#pragma warning restore CA1050
{
    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable("CRASH_AT")?.Split('/') is [var listener, var point])
            DiagnosticListener.AllListeners.Subscribe(
                new Listeners(
                    listener,
                    point,
                    Number("CRASH_HIT", 1),
                    Number("CRASH_SIGNAL", 9),
                    Environment.GetEnvironmentVariable("CRASH_OF")
                )
            );
    }

    static int Number(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { } set ? int.Parse(set, null) : otherwise;

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);

    sealed class Listeners(string name, string point, int hit, int signal, string? subject)
        : IObserver<DiagnosticListener>,
            IObserver<KeyValuePair<string, object?>>
    {
        int _left = hit;

        public void OnNext(DiagnosticListener listener)
        {
            if (listener.Name == name)
                listener.Subscribe(this, candidate => candidate == point);
        }

        public void OnNext(KeyValuePair<string, object?> reached)
        {
            if (reached.Key == point && (subject is null || subject.Equals(reached.Value)) && Interlocked.Decrement(ref _left) == 0)
            {
                if (signal == 0)
                    new ManualResetEventSlim().Wait();
                _ = Signal(Environment.ProcessId, signal);
            }
        }

        public void OnCompleted() { }

        public void OnError(Exception error) { }
    }
}
