using System.Globalization;
using Loyalty.Messaging.TestKit;

namespace Loyalty.Messaging.Benchmarks.Measuring;

/// <summary>What <see cref="StartupHook"/> tells from inside a worker.</summary>
internal sealed class Gauge : IDisposable
{
    readonly string _path = Path.Combine(Path.GetTempPath(), $"loyalty-bench-{Guid.NewGuid():N}");

    public IReadOnlyDictionary<string, string> Settings =>
        new Dictionary<string, string>
        {
            ["DOTNET_STARTUP_HOOKS"] = Repository.Program("Loyalty.Messaging.Benchmarks", "Loyalty.Messaging.Benchmarks"),
            ["BENCH_GAUGE"] = _path,
        };

    /// <summary>Values that are younger than the call.</summary>
    public async Task<(long AllocatedBytes, long RoundTrips)> ReadAsync()
    {
        var seen = Look()[0];
        var now = await Eventually.SeeAsync(() => Task.FromResult(Look()), values => values[0] >= seen + 2, "the worker's gauge");
        return (now[1], now[2]);
    }

    long[] Look() =>
        File.Exists(_path) && File.ReadAllText(_path) is { Length: > 0 } text
            ? [.. text.Split(' ').Select(value => long.Parse(value, CultureInfo.InvariantCulture))]
            : [0, 0, 0];

    public void Dispose() => File.Delete(_path);
}
