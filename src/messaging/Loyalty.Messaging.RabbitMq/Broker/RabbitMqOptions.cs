using Microsoft.Extensions.Options;

namespace Loyalty.Messaging.RabbitMq.Broker;

/// <summary>Section <c>RabbitMq</c>.</summary>
public sealed class RabbitMqOptions
{
    public const string Section = "RabbitMq";

    /// <summary>A <see cref="BrokerAddress"/>; with amqps the certificate of every node is verified, chain included.</summary>
    public string? Uri { get; set; }

    /// <summary>Number of issuer queues, a power of two from 1 to 256.</summary>
    /// <value>Default 16.</value>
    public int Partitions { get; set; } = 16;

    /// <summary>How many deliveries a saga queue hands to one worker at a time.</summary>
    /// <value>Default 128: what is in hand gathers while a transaction is under way, and the next one takes all of it. Of issuer queues it
    /// is the upper bound.</value>
    public int Prefetch { get; set; } = 128;

    /// <summary>
    /// Whether what a worker sends to a queue that it works on itself may do without the broker.
    /// </summary>
    /// <value>Default true.</value>
    public bool InProcess { get; set; } = true;

    /// <summary>
    /// How long a queue may stay without our consumer while the broker lets us in; then the process ends with code 75, for its supervisor
    /// to start it again.
    /// </summary>
    /// <value>Default 90 seconds, at least 10; an outage of the broker does not count.</value>
    public TimeSpan ConsumerPatience { get; set; } = TimeSpan.FromSeconds(90);

    /// <summary>
    /// How long a queue may have deliveries in work of which none ends: the process ends with code 75, for its supervisor to start it
    /// again.
    /// </summary>
    /// <value>Default 20 minutes, longer than the longest wait for a database that is away; at least 10 seconds.</value>
    public TimeSpan DeliveryPatience { get; set; } = TimeSpan.FromMinutes(20);

    /// <summary>
    /// How long the database may be silent before a worker has to give up its lanes. So long, and the time of one request to the issuer,
    /// the lanes of a worker that was killed wait for the next.
    /// </summary>
    /// <value>Default 10 seconds, from 4: the lease is renewed every 2.</value>
    public TimeSpan LanePatience { get; set; } = TimeSpan.FromSeconds(10);

    /// <exception cref="InvalidOperationException">It has not been validated.</exception>
    public BrokerAddress Address =>
        BrokerAddress.TryParse(Uri, out var address)
            ? address
            : throw new InvalidOperationException("RabbitMq__Uri is not a broker's address");

    public IEnumerable<string> Validate()
    {
        if (string.IsNullOrWhiteSpace(Uri))
            yield return "RabbitMq__Uri (or RabbitMq__Uri__File) is required: amqp(s)://user:password@host:port/vhost, "
                + "of a cluster with several hosts, separated by commas";
        else if (!BrokerAddress.TryParse(Uri, out _))
            yield return "RabbitMq__Uri must have the form amqp(s)://user:password@host:port/vhost, of a cluster with several hosts, "
                + "separated by commas";
        if (Partitions is < 1 or > 256 || (Partitions & (Partitions - 1)) != 0)
            yield return $"RabbitMq__Partitions must be a power of two from 1 to 256, not {Partitions}";
        if (Prefetch is < 1 or > 1000)
            yield return $"RabbitMq__Prefetch must be from 1 to 1000, not {Prefetch}";
        if (ConsumerPatience < TimeSpan.FromSeconds(10) || ConsumerPatience > TimeSpan.FromHours(1))
            yield return $"RabbitMq__ConsumerPatience must be from 00:00:10 to 01:00:00, not {ConsumerPatience}";
        if (DeliveryPatience < TimeSpan.FromSeconds(10) || DeliveryPatience > TimeSpan.FromHours(1))
            yield return $"RabbitMq__DeliveryPatience must be from 00:00:10 to 01:00:00, not {DeliveryPatience}";
        if (LanePatience < TimeSpan.FromSeconds(4) || LanePatience > TimeSpan.FromMinutes(1))
            yield return $"RabbitMq__LanePatience must be from 00:00:04 to 00:01:00, not {LanePatience}";
    }

    internal sealed class Validation : IValidateOptions<RabbitMqOptions>
    {
        public ValidateOptionsResult Validate(string? name, RabbitMqOptions options) =>
            options.Validate().ToList() is { Count: > 0 } mistakes ? ValidateOptionsResult.Fail(mistakes) : ValidateOptionsResult.Success;
    }
}
