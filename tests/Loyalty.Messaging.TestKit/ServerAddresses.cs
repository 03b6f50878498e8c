namespace Loyalty.Messaging.TestKit;

/// <summary>Where the servers of a test run are, and the environment variables that say so.</summary>
sealed record ServerAddresses(string Postgres, IReadOnlyList<Uri> Nodes, Uri Management)
{
    /// <summary>The directory of private servers, which may be restarted.</summary>
    public const string Folder = "LOYALTY_TEST_SERVERS";
    const string PostgresVariable = "LOYALTY_TEST_POSTGRES";
    const string RabbitMqVariable = "LOYALTY_TEST_RABBITMQ";
    const string NodesVariable = "LOYALTY_TEST_RABBITMQ_NODES";
    const string ManagementVariable = "LOYALTY_TEST_RABBITMQ_MANAGEMENT";

    /// <summary>Null when the environment names no servers.</summary>
    /// <exception cref="InvalidOperationException">It names some of them only.</exception>
    public static ServerAddresses? OfEnvironment()
    {
        string[] required = [PostgresVariable, RabbitMqVariable, ManagementVariable];
        var missing = required.Where(name => Environment.GetEnvironmentVariable(name) is null).ToList();
        if (missing.Count == required.Length)
            return null;
        return missing.Count == 0
            ? Of(Environment.GetEnvironmentVariable)
            : throw new InvalidOperationException(
                $"{string.Join(" and ", missing)} not set: the tests need all of {string.Join(", ", required)}, or none"
            );
    }

    /// <param name="setting">The value of a variable, or null.</param>
    public static ServerAddresses Of(Func<string, string?> setting)
    {
        var rabbitMq = setting(RabbitMqVariable)!;
        var nodes = setting(NodesVariable) ?? rabbitMq;
        return new ServerAddresses(
            setting(PostgresVariable)!,
            [.. nodes.Split(',').Select(node => new Uri(node))],
            new Uri(setting(ManagementVariable)!)
        );
    }
}
