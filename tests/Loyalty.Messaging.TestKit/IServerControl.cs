namespace Loyalty.Messaging.TestKit;

enum Server { RabbitMq, Postgres }

/// <summary>What can be done to the servers of a test run. Without a node, all nodes of a cluster are meant.</summary>
interface IServerControl
{
    /// <summary>In good order.</summary>
    Task StopAsync(Server server, int? node = null);

    /// <summary>SIGKILL: nothing is written any more.</summary>
    Task KillAsync(Server server, int? node = null);

    /// <summary>Returns when it accepts connections.</summary>
    Task StartAsync(Server server, int? node = null);
}
