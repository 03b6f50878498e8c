using System.Globalization;

namespace Loyalty.Messaging.AcceptanceTests.Lanes;

/// <summary>
/// What a process that is started with it takes for the time of day. Its monotonic clock stays right, as on a machine whose clock is set.
/// </summary>
internal sealed class JumpingClock : IDisposable
{
    readonly string _library;
    readonly string _file = Path.Combine(Path.GetTempPath(), $"clock-{Guid.NewGuid():N}");

    JumpingClock(string library)
    {
        _library = library;
        Jump(TimeSpan.Zero);
    }

    /// <summary>Null where there is no libfaketime.</summary>
    public static JumpingClock? OfThisMachine() =>
        Directory.Exists("/usr/lib")
        && Directory
            .EnumerateDirectories("/usr/lib")
            .Select(folder => Path.Combine(folder, "faketime", "libfaketimeMT.so.1"))
            .FirstOrDefault(File.Exists)
            is { } library
            ? new JumpingClock(library)
            : null;

    public Dictionary<string, string> With(IReadOnlyDictionary<string, string> settings) =>
        new(settings)
        {
            ["LD_PRELOAD"] = _library,
            ["FAKETIME_TIMESTAMP_FILE"] = _file,
            ["FAKETIME_NO_CACHE"] = "1",
            ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
        };

    public void Jump(TimeSpan ahead)
    {
        // At once: a file that is half written is another time.
        var next = _file + ".next";
        File.WriteAllText(next, ahead.TotalSeconds.ToString("+0;-0;+0", CultureInfo.InvariantCulture));
        File.Move(next, _file, overwrite: true);
    }

    public void Dispose() => File.Delete(_file);
}
