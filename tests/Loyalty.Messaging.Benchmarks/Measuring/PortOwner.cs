using System.Globalization;

namespace Loyalty.Messaging.Benchmarks.Measuring;

/// <summary>Which process listens on a port of this machine, so that other servers of the same name are not counted.</summary>
internal static class PortOwner
{
    const string Listening = "0A";

    /// <summary>Null when it is not to be seen from here: another machine's, or another user's.</summary>
    public static int? Of(int port)
    {
        var sockets = Sockets(port).Select(inode => $"socket:[{inode}]").ToHashSet(StringComparer.Ordinal);
        foreach (var folder in Directory.GetDirectories("/proc"))
            if (
                int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var process)
                && Holds(folder, sockets)
            )
                return process;
        return null;
    }

    static IEnumerable<string> Sockets(int port)
    {
        var suffix = $":{port:X4}";
        foreach (var table in new[] { "/proc/net/tcp", "/proc/net/tcp6" }.Where(File.Exists))
        foreach (var fields in File.ReadLines(table).Skip(1).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
            if (fields[1].EndsWith(suffix, StringComparison.Ordinal) && fields[3] == Listening)
                yield return fields[9];
    }

    static bool Holds(string process, HashSet<string> sockets)
    {
        try
        {
            return Directory
                .EnumerateFiles(Path.Combine(process, "fd"))
                .Any(file => new FileInfo(file).LinkTarget is { } target && sockets.Contains(target));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
