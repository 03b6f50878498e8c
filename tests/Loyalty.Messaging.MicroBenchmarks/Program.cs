using Loyalty.Messaging.MicroBenchmarks;

return await Benchmarks.RunAsync(args);
