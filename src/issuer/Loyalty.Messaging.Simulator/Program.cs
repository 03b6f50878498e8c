using Loyalty.Messaging.Simulator;

await using var simulator = SimulatorHost.Build(args);
await simulator.StartAsync();
Console.WriteLine($"listening on {string.Join(", ", simulator.Urls)}");
await simulator.WaitForShutdownAsync();
