using Loyalty.Messaging.Benchmarks.Reporting;

namespace Loyalty.Messaging.Benchmarks.Running;

/// <summary>The whole load run.</summary>
internal static class Bench
{
    public const string CheckVerb = "check";

    /// <summary>Only looks at the arguments, so that a mistake can be told before servers are started.</summary>
    /// <returns>0 or 2.</returns>
    public static int Check(string[] arguments)
    {
        try
        {
            // Another verb has arguments of its own.
            if (arguments is not [{ } first, ..] || first.StartsWith("--", StringComparison.Ordinal))
                _ = Options.Parse(arguments);
            return 0;
        }
        catch (UsageException mistake)
        {
            Say(mistake.Message);
            return 2;
        }
    }

    /// <returns>0; 1 when a run broke an invariant or a bound, stood still or had no room; 2 for a mistake on the command line.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        try
        {
            var options = Options.Parse(arguments);
            var report = Report.Of(options, await new Rotation(options, Say).RunAsync());
            Say(Table.Of(report));
            await WriteAsync(options.Output, report);
            List<string> broken = [.. options.Quick ? Bounds.Broken(report.Runs!) : [], .. Bounds.BrokenByThree(report.Runs!)];
            broken.ForEach(Say);
            if (options.Json)
                Console.WriteLine(report.ToLine());
            return broken.Count == 0 ? 0 : 1;
        }
        catch (UsageException mistake)
        {
            Say(mistake.Message);
            return 2;
        }
        catch (Exception failure) when (failure is RunFailedException or InvalidOperationException or TimeoutException or IOException)
        {
            Say(failure.Message);
            return 1;
        }
    }

    static async Task WriteAsync(string folder, Report report)
    {
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "report.json"), report.ToDocument());
        foreach (var flow in report.Runs!.GroupBy(run => run.Flow))
            await File.WriteAllTextAsync(
                Path.Combine(folder, $"{flow.Key}.svg"),
                Plot.Of(flow.Key, [.. flow.GroupBy(run => run.Mode).Select(mode => mode.Last())])
            );
        Say($"report.json and the plots are in {folder}");
    }

    static void Say(string line) => Console.Error.WriteLine(line);
}
