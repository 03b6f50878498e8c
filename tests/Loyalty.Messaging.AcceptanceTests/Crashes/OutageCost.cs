using System.Diagnostics;
using System.Text.RegularExpressions;
using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.Crashes;

/// <summary>
/// Whether programs keep calm while a server is closed to them: a complaint a second at most, and a tenth of a core. That a health check
/// says no is said to whoever asks, and counts for nothing.
/// </summary>
internal sealed partial class OutageCost(IReadOnlyList<Application> applications)
{
    /// <summary>What is compiled when it is needed for the first time, and the end of the work in hand.</summary>
    static readonly TimeSpan Start = TimeSpan.FromSeconds(3);

    readonly Dictionary<Application, Measured> _measured = applications.ToDictionary(application => application, _ => new Measured());
    long _closedAt;
    TimeSpan _closed;
    TimeSpan _disturbed;

    public void Closed()
    {
        _closedAt = Stopwatch.GetTimestamp();
        foreach (var (application, measured) in _measured)
            (measured.ProcessorTimeBefore, measured.OutputBefore) = (application.ProcessorTime, application.Output.Length);
    }

    /// <summary>What is spent from here on is spent on work.</summary>
    public void Opened()
    {
        _closed += Stopwatch.GetElapsedTime(_closedAt);
        foreach (var (application, measured) in _measured)
            measured.ProcessorTime += application.ProcessorTime - measured.ProcessorTimeBefore;
    }

    /// <summary>Everybody is at work again, and has nothing more to complain of.</summary>
    public void Recovered()
    {
        _disturbed += Stopwatch.GetElapsedTime(_closedAt);
        foreach (var (application, measured) in _measured)
            measured.Complaints.AddRange(
                application
                    .Output[measured.OutputBefore..]
                    .Split('\n')
                    .Where(line => Complaint().IsMatch(line) && !line.Contains("HealthChecks", StringComparison.Ordinal))
            );
    }

    public void WasKept()
    {
        foreach (var (application, measured) in _measured)
        {
            Assert.True(
                measured.Complaints.Count <= (int)_disturbed.TotalSeconds,
                $"{application.Name}: {measured.Complaints.Count} lines in {_disturbed.TotalSeconds:0} s:\n"
                    + string.Join('\n', measured.Complaints.Take(60))
            );
            Assert.True(
                measured.ProcessorTime <= Start + (_closed / 10),
                $"{application.Name}: {measured.ProcessorTime.TotalSeconds:0.0} s of a processor in {_closed.TotalSeconds:0} s"
            );
        }
    }

    [GeneratedRegex(" (fail|crit|warn): ")]
    private static partial Regex Complaint();

    sealed class Measured
    {
        public TimeSpan ProcessorTimeBefore { get; set; }
        public TimeSpan ProcessorTime { get; set; }
        public int OutputBefore { get; set; }
        public List<string> Complaints { get; } = [];
    }
}
