using System.Diagnostics.CodeAnalysis;
using RabbitMQ.Client;

namespace Loyalty.Messaging.RabbitMq.Broker;

/// <summary>
/// Where the broker is: <c>amqp(s)://user:password@host:port/vhost</c>, of a cluster several hosts separated by commas
/// (<c>amqps://user:password@a:5671,b:5671,c:5671/vhost</c>), any of which will do.
/// </summary>
public sealed class BrokerAddress
{
    readonly IReadOnlyList<Uri> _nodes;

    BrokerAddress(IReadOnlyList<Uri> nodes) => _nodes = nodes;

    /// <summary>The first node: what stands for the broker where only one address can be given.</summary>
    internal Uri First => _nodes[0];

    internal bool IsEncrypted => First.Scheme == "amqps";

    /// <returns>False when it is not an address of this form, or its hosts are not written alike.</returns>
    public static bool TryParse(string? text, [NotNullWhen(true)] out BrokerAddress? address)
    {
        address = null;
        var start = text?.IndexOf("://", StringComparison.Ordinal) + 3 ?? -1;
        if (start < 3)
            return false;
        var end = text!.IndexOfAny(['/', '?', '#'], start) is var slash and >= 0 ? slash : text.Length;
        // A comma may stand in a password, but not after it.
        var hosts = text.LastIndexOf('@', end - 1, end - start) is var at and >= 0 ? at + 1 : start;
        var nodes = new List<Uri>();
        foreach (var host in text[hosts..end].Split(',', StringSplitOptions.TrimEntries))
        {
            if (
                !Uri.TryCreate($"{text[..hosts]}{host}{text[end..]}", UriKind.Absolute, out var node)
                || node.Scheme is not ("amqp" or "amqps")
                || node.Host.Length == 0
            )
                return false;
            nodes.Add(node);
        }
        address = new BrokerAddress(nodes);
        return true;
    }

    /// <summary>
    /// Every node, in another order each time, so that clients spread over them; the client takes the first that answers.
    /// </summary>
    internal IEndpointResolver Resolver() =>
        new DefaultEndpointResolver(_nodes.Select(node => new AmqpTcpEndpoint(node, BrokerConnection.TlsTo(node))));

    /// <summary>Hosts and ports only: the address holds the password.</summary>
    public override string ToString() => string.Join(", ", _nodes.Select(node => node.Port > 0 ? $"{node.Host}:{node.Port}" : node.Host));
}
