using System.Diagnostics;
using System.Globalization;
using Loyalty.Messaging.TestKit;

namespace Loyalty.Messaging.Benchmarks;

/// <summary>What has been spent so far, as the operating system and the database count it.</summary>
internal sealed record Meter(long Statements, long Commits, long WalBytes, IReadOnlyDictionary<string, double> CpuMs)
{
    /// <summary>Ticks per second of /proc: 100 on every Linux that matters.</summary>
    const double TicksPerMs = 0.1;

    public static async Task<Meter> ReadAsync(LoyaltySystem system, int worker)
    {
        var counted = await system.Database.ScalarAsync<long>("SELECT count(*) FROM pg_extension WHERE extname = 'pg_stat_statements'") > 0;
        return new Meter(
            counted ? await system.Database.ScalarAsync<long>("SELECT coalesce(sum(calls), 0)::bigint FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid WHERE d.datname = current_database() AND query !~ 'pg_stat|benchmark'") : 0,
            await system.Database.ScalarAsync<long>("SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"),
            await system.Database.ScalarAsync<long>("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint"),
            Cpu(worker));
    }

    public Meter Since(Meter before) => new(Statements - before.Statements, Commits - before.Commits, WalBytes - before.WalBytes,
        CpuMs.ToDictionary(pair => pair.Key, pair => pair.Value - before.CpuMs.GetValueOrDefault(pair.Key)));

    static Dictionary<string, double> Cpu(int worker)
    {
        var spent = new Dictionary<string, double> { ["worker"] = 0, ["postgres"] = 0, ["rabbitmq"] = 0, ["issuer"] = 0 };
        foreach (var process in Process.GetProcesses())
        {
            try
            {
                var command = File.ReadAllText($"/proc/{process.Id}/cmdline");
                var name = process.Id == worker ? "worker"
                    : command.Contains("Simulator.dll", StringComparison.Ordinal) ? "issuer"
                    : process.ProcessName == "beam.smp" ? "rabbitmq"
                    : process.ProcessName.StartsWith("postgres", StringComparison.Ordinal) ? "postgres" : null;
                if (name is null)
                    continue;
                var stat = File.ReadAllText($"/proc/{process.Id}/stat");
                var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                // A backend that ended is in its parent's account, so children are counted for the postmaster alone.
                var children = name == "postgres" && fields[1] == "1" ? Ticks(fields[13]) + Ticks(fields[14]) : 0;
                spent[name] += (Ticks(fields[11]) + Ticks(fields[12]) + children) / TicksPerMs;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // It ended while we looked.
            }
        }
        return spent;
    }

    static double Ticks(string field) => double.Parse(field, CultureInfo.InvariantCulture);
}
