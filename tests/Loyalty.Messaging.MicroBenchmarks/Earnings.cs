using BenchmarkDotNet.Attributes;
using Loyalty.Messaging.Earning;

namespace Loyalty.Messaging.MicroBenchmarks;

/// <summary>What an order earns.</summary>
public class Earnings
{
    [Benchmark(Baseline = true)]
    public IReadOnlyList<OfferMiles> BaseRule() => EarnedMiles.For(Samples.BaseOnly, Samples.Basket);

    [Benchmark]
    public IReadOnlyList<OfferMiles> ThreeBonuses() => EarnedMiles.For(Samples.WithBonuses, Samples.Basket);
}
