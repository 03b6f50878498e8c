using Loyalty.Messaging.RabbitMq.Broker;
using Loyalty.Messaging.RabbitMq.Watch;
using MassTransit;
using RabbitMQ.Client.Exceptions;

namespace Loyalty.Messaging.RabbitMq.Lanes;

/// <summary>
/// Begins to work on a lane's queue when the lane becomes ours, and ends in the order that keeps two owners apart; and leaves queues that
/// belong to everybody to others while this process can do nothing with what comes.
/// </summary>
public sealed class LaneEndpoints
{
    /// <summary>The broker answers at once, or is away.</summary>
    internal static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);

    readonly IReceiveEndpointConnector _connector;
    readonly EndpointWatch _watch;
    readonly TimeProvider _time;
    readonly RabbitMqOptions _options;
    readonly Progress _progress;

    internal LaneEndpoints(
        IReceiveEndpointConnector connector,
        EndpointWatch watch,
        Progress progress,
        TimeProvider time,
        RabbitMqOptions options
    ) => (_connector, _watch, _progress, _time, _options) = (connector, watch, progress, time, options);

    /// <summary>This process gets nothing from the broker, and should have no lane.</summary>
    public bool IsCutOff => _watch.IsCutOff;

    /// <returns>
    /// How many messages wait in these queues; one more for each that somebody consumes, because that one may have some in hand.
    /// </returns>
    public async Task<long> WaitingAsync(IEnumerable<string> queues, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(queues);
        var waiting = 0L;
        await using var connection = await BrokerConnection
            .Factory(_options.Address, "loyalty-lanes")
            .CreateConnectionAsync(cancellationToken);
        foreach (var queue in queues)
        {
            // A queue that is not there closes the channel.
            await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
            try
            {
                var seen = await channel.QueueDeclarePassiveAsync(queue, cancellationToken);
                waiting += seen.MessageCount + (seen.ConsumerCount > 0 ? 1 : 0);
            }
            catch (OperationInterruptedException missing) when (missing.ShutdownReason?.ReplyCode == RabbitMQ.Client.Constants.NotFound)
            {
                continue;
            }
        }
        return waiting;
    }

    /// <param name="configure">Says what the endpoint does; it has to say <c>UseLane</c>.</param>
    public LaneEndpoint Begin(string queue, Action<IBusRegistrationContext, IReceiveEndpointConfigurator, Lane> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var lane = new Lane();
        var handle = _connector.ConnectReceiveEndpoint(queue, (context, endpoint) => configure(context, endpoint, lane));
        // The bus tells its observers only of the endpoints that it began with.
        handle.ReceiveEndpoint.ConnectReceiveObserver(_progress);
        return new LaneEndpoint(queue, lane, handle, _watch, _time);
    }

    /// <summary>Nothing more is taken from a queue until it is joined again; what is in hand ends, or goes back to it.</summary>
    /// <param name="patience">What has not ended by then is cancelled.</param>
    /// <returns>False when it has not been consumed yet; it is not left then.</returns>
    public async Task<bool> LeaveAsync(string queue, Lane lane, TimeSpan patience)
    {
        ArgumentNullException.ThrowIfNull(lane);
        if (!await _watch.LeaveAsync(queue))
            return false;
        await lane.EndAsync(_watch.StopAsync(queue, patience + StopTimeout), patience, _time);
        return true;
    }

    /// <summary>Consumes again what was left.</summary>
    public Task JoinAsync(string queue, Lane lane)
    {
        ArgumentNullException.ThrowIfNull(lane);
        lane.Open();
        return _watch.JoinAsync(queue);
    }
}

/// <summary>A lane that is ours, and the endpoint that works on it.</summary>
public sealed class LaneEndpoint
{
    readonly string _queue;
    readonly Lane _lane;
    readonly HostReceiveEndpointHandle _handle;
    readonly EndpointWatch _watch;
    readonly TimeProvider _time;

    internal LaneEndpoint(string queue, Lane lane, HostReceiveEndpointHandle handle, EndpointWatch watch, TimeProvider time) =>
        (_queue, _lane, _handle, _watch, _time) = (queue, lane, handle, watch, time);

    /// <summary>What is in hand has to end at once.</summary>
    public void Cancel() => _lane.End();

    /// <summary>Takes nothing more, lets what is in hand end, and leaves the queue.</summary>
    /// <param name="patience">What has not ended by then is cancelled.</param>
    /// <returns>Ends when nothing of the lane is in hand any more.</returns>
    public async Task EndAsync(TimeSpan patience)
    {
        if (patience > TimeSpan.Zero)
            _lane.Close();
        else
            _lane.End();
        await _watch.ForgetAsync(_queue);
        await _lane.EndAsync(LeaveAsync(patience + LaneEndpoints.StopTimeout), patience, _time);
        await _lane.Drained;
    }

    async Task LeaveAsync(TimeSpan timeout)
    {
        try
        {
            using var limit = new CancellationTokenSource(timeout, _time);
            await _handle.StopAsync(limit.Token);
        }
        catch (Exception exception)
        {
            // The connection is gone, and the consumer with it.
            LogContext.Warning?.Log(exception, "The endpoint of {Queue} did not stop in good order", _queue);
        }
    }
}
