using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

/// <summary>
/// Loaded into a worker by DOTNET_STARTUP_HOOKS. Writes what the process has allocated and how often it has gone to the database into the
/// file BENCH_GAUGE, five times per second.
/// The worker itself knows nothing of it.
/// </summary>
#pragma warning disable CA1050 // The runtime looks for a type of this name outside any namespace.
internal static class StartupHook
#pragma warning restore CA1050
{
    static readonly MeterListener Listener = new();
    static long _roundTrips;
    static long _beat;
    static Timer? _timer;

    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable("BENCH_WITHOUT") is { } shortcut)
            AppContext.SetSwitch($"Loyalty.Messaging.{shortcut}", false);
        if (Environment.GetEnvironmentVariable("BENCH_GAUGE") is not { } path)
            return;
        Listener.InstrumentPublished = (instrument, listener) =>
        {
            // One measurement per command or batch: one round trip, however many statements are in it.
            if (instrument.Meter.Name == "Npgsql" && instrument.Name == "db.client.operation.duration")
                listener.EnableMeasurementEvents(instrument);
        };
        Listener.SetMeasurementEventCallback<double>((_, _, _, _) => Interlocked.Increment(ref _roundTrips));
        Listener.Start();
        var file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read);
        var period = TimeSpan.FromMilliseconds(200);
        _timer = new Timer(_ => Write(file), null, TimeSpan.Zero, period);
    }

    /// <summary>Always as long, in one write: who reads meanwhile reads the old or the new.</summary>
    static void Write(Microsoft.Win32.SafeHandles.SafeFileHandle file) =>
        RandomAccess.Write(
            file,
            Encoding.ASCII.GetBytes(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{++_beat:D12} {GC.GetTotalAllocatedBytes():D18} {Volatile.Read(ref _roundTrips):D18}\n"
                )
            ),
            0
        );
}
