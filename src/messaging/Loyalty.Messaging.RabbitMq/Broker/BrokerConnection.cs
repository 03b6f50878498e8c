using System.Net.Security;
using System.Security.Authentication;
using RabbitMQ.Client;

namespace Loyalty.Messaging.RabbitMq.Broker;

/// <summary>How a connection to the broker is made; all of ours are made alike.</summary>
internal static class BrokerConnection
{
    /// <summary>The versions that are still considered sound; the system chooses among them.</summary>
    public const SslProtocols Tls = SslProtocols.Tls12 | SslProtocols.Tls13;

    /// <summary>A worker that is frozen or cut off loses its queues after two of these.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(6);

    /// <summary>A node that is cut off does not even refuse: the next one is tried after this.</summary>
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    public static ConnectionFactory Factory(BrokerAddress address, string clientName) =>
        new()
        {
            Uri = address.First,
            ClientProvidedName = clientName,
            AutomaticRecoveryEnabled = false,
            RequestedHeartbeat = Heartbeat,
            RequestedConnectionTimeout = ConnectTimeout,
            EndpointResolverFactory = _ => address.Resolver(),
        };

    /// <summary>The certificate of each node has to be its own, and its chain is verified.</summary>
    public static SslOption TlsTo(Uri node) =>
        new()
        {
            Enabled = node.Scheme == "amqps",
            ServerName = node.Host,
            AcceptablePolicyErrors = SslPolicyErrors.None,
            Version = Tls,
        };
}
