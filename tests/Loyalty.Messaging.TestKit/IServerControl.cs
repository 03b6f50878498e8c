namespace Loyalty.Messaging.TestKit;

enum Server
{
    RabbitMq,
    Postgres,
}

/// <summary>What a broker may run short of: then it takes no messages.</summary>
public enum Shortage
{
    Memory,
    Disk,
}

/// <summary>What can be done to the servers of a test run. Without a node, all nodes of a cluster are meant.</summary>
interface IServerControl
{
    /// <summary>In good order.</summary>
    Task StopAsync(Server server, int? node = null);

    /// <summary>SIGKILL: nothing is written any more.</summary>
    Task KillAsync(Server server, int? node = null);

    /// <summary>Returns when it accepts connections.</summary>
    Task StartAsync(Server server, int? node = null);

    /// <param name="arguments">Of <c>rabbitmqctl</c>, against the first node.</param>
    Task ControlRabbitMqAsync(params string[] arguments);
}
