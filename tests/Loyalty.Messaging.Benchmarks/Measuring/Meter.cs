using Loyalty.Messaging.Benchmarks.Running;
using Loyalty.Messaging.TestKit;
using Npgsql;

namespace Loyalty.Messaging.Benchmarks.Measuring;

/// <summary>What has been spent so far by everybody who takes part in a run.</summary>
/// <param name="Statements">As pg_stat_statements counts them.</param>
/// <param name="WalBytes">Of the whole server.</param>
/// <param name="RoundTrips">Of the workers to the database.</param>
/// <param name="AllocatedBytes">Of the workers.</param>
/// <param name="Looks">The bench's own commits in the measured database.</param>
/// <param name="CpuMs">By group of processes.</param>
internal sealed record Meter(
    long Statements,
    long WalBytes,
    long RoundTrips,
    long AllocatedBytes,
    int Looks,
    IReadOnlyDictionary<string, double> CpuMs
)
{
    public const string Load = "load";
    static readonly Lazy<int?> Postgres = new(() => PortOwner.Of(new NpgsqlConnectionStringBuilder(Servers.Current.Postgres).Port));
    static readonly Lazy<int?> RabbitMq = new(() => PortOwner.Of(Servers.Current.RabbitMq.Port));

    public static async Task<Meter> ReadAsync(Stage stage, DatabaseCounters? counters)
    {
        var (allocated, roundTrips) = (0L, 0L);
        foreach (var gauge in stage.Gauges)
        {
            var value = await gauge.ReadAsync();
            (allocated, roundTrips) = (allocated + value.AllocatedBytes, roundTrips + value.RoundTrips);
        }
        return new Meter(
            counters is null ? 0 : await counters.StatementsAsync(),
            counters is null ? 0 : await counters.WalBytesAsync(),
            roundTrips,
            allocated,
            stage.Looks,
            Cpu(stage)
        );
    }

    /// <summary>CPU of the four groups and, beside them, of the load itself.</summary>
    static Dictionary<string, double> Cpu(Stage stage) =>
        new()
        {
            ["worker"] = stage.Workers.Sum(worker => ProcessTimes.CpuMs(worker.ProcessId)),
            ["postgres"] = Postgres.Value is { } postgres ? ProcessTimes.CpuMsWithChildren(postgres) : 0,
            ["rabbitmq"] = RabbitMq.Value is { } rabbitMq ? ProcessTimes.CpuMs(rabbitMq) : 0,
            ["issuer"] = ProcessTimes.CpuMs(stage.Issuer.ProcessId),
            [Load] = ProcessTimes.CpuMs(Environment.ProcessId),
        };

    public Meter Since(Meter before) =>
        new(
            Statements - before.Statements,
            WalBytes - before.WalBytes,
            RoundTrips - before.RoundTrips,
            AllocatedBytes - before.AllocatedBytes,
            Looks - before.Looks,
            CpuMs.ToDictionary(pair => pair.Key, pair => pair.Value - before.CpuMs[pair.Key])
        );
}
