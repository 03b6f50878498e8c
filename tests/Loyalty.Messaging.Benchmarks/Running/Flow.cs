namespace Loyalty.Messaging.Benchmarks.Running;

/// <summary>What is published in a run.</summary>
/// <param name="Name">As in the report.</param>
/// <param name="Orders">Orders of the measured part.</param>
/// <param name="RefundPercent">Of 100 orders so many are refunded in half.</param>
/// <param name="PerSecond">Orders per second of an open loop; null: as fast as the broker confirms.</param>
internal sealed record Flow(string Name, int Orders, int RefundPercent, double? PerSecond = null)
{
    public const string OrdersOnly = "orders";
    public const string WithRefunds = "refunds";
    public const string Paced = "paced";
    public const string Soak = "soak";

    public int Refunds => (int)((long)Orders * RefundPercent / 100);
}
