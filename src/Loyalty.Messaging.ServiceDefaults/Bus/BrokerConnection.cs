using System.Net.Security;
using System.Security.Authentication;
using RabbitMQ.Client;

namespace Loyalty.Messaging.ServiceDefaults.Bus;

/// <summary>How a connection to the broker is made; all of ours are made alike.</summary>
internal static class BrokerConnection
{
    /// <summary>The versions that are still considered sound; the system chooses among them.</summary>
    public const SslProtocols Tls = SslProtocols.Tls12 | SslProtocols.Tls13;

    /// <summary>A worker that is frozen or cut off loses its queues after two of these.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(10);

    public static ConnectionFactory Factory(Uri address, string clientName) => new()
    {
        Uri = address,
        ClientProvidedName = clientName,
        AutomaticRecoveryEnabled = false,
        RequestedHeartbeat = Heartbeat,
        RequestedConnectionTimeout = TimeSpan.FromSeconds(10),
        Ssl = new SslOption
        {
            Enabled = address.Scheme == "amqps",
            ServerName = address.Host,
            AcceptablePolicyErrors = SslPolicyErrors.None,
            Version = Tls,
        },
    };
}
