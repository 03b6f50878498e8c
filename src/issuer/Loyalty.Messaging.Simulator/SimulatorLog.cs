namespace Loyalty.Messaging.Simulator;

internal static partial class SimulatorLog
{
    [LoggerMessage(9001, LogLevel.Warning, "Breach {Kind} by {ClientTransactionId}: {Detail}", EventName = "Breach")]
    public static partial void Breach(this ILogger logger, string kind, string? clientTransactionId, string detail);
}
