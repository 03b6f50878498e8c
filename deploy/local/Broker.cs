using RabbitMQ.Client;

/// <summary>
/// A connection to <c>amqp(s)://user:password@host:port/vhost</c>; where several hosts are named, separated by commas, to the first that
/// answers.
/// </summary>
internal static class Broker
{
    public static Task<IConnection> ConnectAsync(string address, string clientName, CancellationToken cancellationToken = default)
    {
        var authority = address.IndexOf("//", StringComparison.Ordinal) + 2;
        var path = address.IndexOf('/', authority) is var slash and >= 0 ? slash : address.Length;
        var hosts = address.IndexOf('@', authority, path - authority) is var at and >= 0 ? at + 1 : authority;
        var nodes = address[hosts..path].Split(',').Select(host => new Uri($"{address[..hosts]}{host}{address[path..]}")).ToList();
        var factory = new ConnectionFactory { Uri = nodes[0], ClientProvidedName = clientName };
        return factory.CreateConnectionAsync(nodes.Select(node => new AmqpTcpEndpoint(node)), cancellationToken);
    }
}
