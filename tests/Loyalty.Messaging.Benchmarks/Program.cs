using System.Globalization;
using System.Text.Json;
using Loyalty.Messaging.Benchmarks;
using Loyalty.Messaging.TestKit;

// The end-to-end load run: real broker, real database, the simulator as issuer, one worker, everything on this machine.
var options = Options.Parse(args);
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
await using var system = await LoyaltySystem.CreateAsync();
await system.Database.RunAsync("DO $$ BEGIN CREATE EXTENSION IF NOT EXISTS pg_stat_statements; EXCEPTION WHEN OTHERS THEN NULL; END $$");
system.Settings["RabbitMq__Partitions"] = "16";
var worker = await system.StartWorkerAsync();
if (options.IssuerDelay > TimeSpan.Zero)
    await system.Issuer.ScriptAsync(new { times = (int?)null, answer = new { delay = (int)options.IssuerDelay.TotalMilliseconds } });

var flood = new Flood(system);
Console.Error.WriteLine($"warming up with {options.WarmUp} orders");
await flood.RunAsync(options.WarmUp);
var rates = new List<double>();
var idle = TimeSpan.FromSeconds(1.5);
await Task.Delay(idle, TimeProvider.System); // The database's statistics are written a moment late.
var before = await Meter.ReadAsync(system, worker.ProcessId);
for (var run = 0; run < options.Runs; run++)
{
    var took = await flood.RunAsync(options.Orders);
    rates.Add(options.Orders / took.TotalSeconds);
    Console.Error.WriteLine($"{options.Orders} orders, {options.Orders / 5} of them refunded in half: {rates[^1]:0} orders/s");
}
await system.QuietAsync();
await Task.Delay(idle, TimeProvider.System);
var spent = (await Meter.ReadAsync(system, worker.ProcessId)).Since(before);
double counted = options.Orders * options.Runs;
rates.Sort();
var median = rates[rates.Count / 2];
var latencies = options.PacedOrders > 0 ? await flood.PaceAsync(options.PacedOrders, median * options.Share) : [];
double Percentile(double share) => latencies.Length == 0 ? 0 : latencies[Math.Min(latencies.Length - 1, (int)(latencies.Length * share))];
await Agreement.HoldsAsync(system);

var report = new
{
    ordersPerSecond = Math.Round(median),
    ordersPerSecondMin = Math.Round(rates[0]),
    ordersPerSecondMax = Math.Round(rates[^1]),
    commitsPerOrder = Math.Round(spent.Commits / counted, 2),
    statementsPerOrder = Math.Round(spent.Statements / counted, 2),
    walKbPerOrder = Math.Round(spent.WalBytes / counted / 1024, 2),
    cpuMsPerOrder = Math.Round(spent.CpuMs.Values.Sum() / counted, 2),
    cpuMsPerOrderOf = spent.CpuMs.ToDictionary(pair => pair.Key, pair => Math.Round(pair.Value / counted, 2)),
    p50Ms = Math.Round(Percentile(0.5), 1),
    p99Ms = Math.Round(Percentile(0.99), 1),
    maxMs = Math.Round(Percentile(1), 1),
    workerResidentMb = worker.ResidentBytes / 1024 / 1024,
};
Console.Error.WriteLine(JsonSerializer.Serialize(report, new JsonSerializerOptions { WriteIndented = true }));
if (options.Json)
    Console.WriteLine(JsonSerializer.Serialize(report));
return 0;
