using System.Globalization;

namespace Loyalty.Messaging.Benchmarks.Measuring;

/// <summary>CPU and memory of processes, as the operating system counts them.</summary>
internal static class ProcessTimes
{
    /// <summary>A tick of /proc: 100 per second on every Linux that matters.</summary>
    const double MsPerTick = 10;

    /// <summary>User and system time so far, in ms; 0 for a process that is gone.</summary>
    public static double CpuMs(int process) => Stat(process) is { } fields ? Ticks(fields, 11, 12) : 0;

    /// <summary>The same with its children, those that ended included.</summary>
    public static double CpuMsWithChildren(int process)
    {
        var parent = process.ToString(CultureInfo.InvariantCulture);
        var spent = Stat(process) is { } own ? Ticks(own, 11, 12, 13, 14) : 0;
        foreach (var folder in Directory.GetDirectories("/proc"))
            if (
                int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var child)
                && Stat(child) is { } fields
                && fields[1] == parent
            )
                spent += Ticks(fields, 11, 12);
        return spent;
    }

    public static long ResidentBytes(int process) => Status(process, "VmRSS:");

    public static long PeakResidentBytes(int process) => Status(process, "VmHWM:");

    static double Ticks(string[] fields, params ReadOnlySpan<int> indices)
    {
        var ticks = 0.0;
        foreach (var index in indices)
            ticks += double.Parse(fields[index], CultureInfo.InvariantCulture);
        return ticks * MsPerTick;
    }

    /// <summary>The fields after the program's name, which may itself hold blanks and parentheses.</summary>
    static string[]? Stat(int process) => Text(process, "stat") is { } stat ? stat[(stat.LastIndexOf(')') + 2)..].Split(' ') : null;

    static long Status(int process, string name) =>
        Text(process, "status")?.Split('\n').FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal)) is { } line
            ? long.Parse(line[name.Length..].Trim().Split(' ')[0], CultureInfo.InvariantCulture) * 1024
            : 0;

    static string? Text(int process, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/{file}");
        }
        catch (IOException)
        {
            return null; // It ended while we looked.
        }
    }
}
