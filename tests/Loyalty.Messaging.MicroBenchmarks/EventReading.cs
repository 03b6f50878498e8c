using BenchmarkDotNet.Attributes;
using Loyalty.Messaging.Contracts;

namespace Loyalty.Messaging.MicroBenchmarks;

/// <summary>Bytes into a checked event.</summary>
public class EventReading
{
    [Benchmark]
    public OrderCompleted ReadOrderCompleted() => CommerceEvents.ReadOrderCompleted(Samples.OrderCompleted);

    [Benchmark]
    public OrderRefunded ReadOrderRefunded() => CommerceEvents.ReadOrderRefunded(Samples.OrderRefunded);
}
