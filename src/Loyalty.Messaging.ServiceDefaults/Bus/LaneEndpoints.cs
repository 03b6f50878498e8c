using MassTransit;

namespace Loyalty.Messaging.ServiceDefaults.Bus;

/// <summary>Begins to work on a lane's queue when the lane becomes ours, and ends in the order that keeps two owners apart.</summary>
public sealed class LaneEndpoints
{
    readonly IReceiveEndpointConnector _connector;
    readonly EndpointWatch _watch;
    readonly TimeProvider _time;

    internal LaneEndpoints(IReceiveEndpointConnector connector, EndpointWatch watch, TimeProvider time) => (_connector, _watch, _time) = (connector, watch, time);

    /// <summary>This process gets nothing from the broker, and should have no lane.</summary>
    public bool IsCutOff => _watch.IsCutOff;

    /// <param name="configure">Says what the endpoint does; it has to say <see cref="QueueConventions.UseLane"/>.</param>
    public LaneEndpoint Begin(string queue, Action<IBusRegistrationContext, IReceiveEndpointConfigurator, Lane> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var lane = new Lane();
        return new LaneEndpoint(queue, lane, _connector.ConnectReceiveEndpoint(queue, (context, endpoint) => configure(context, endpoint, lane)), _watch, _time);
    }
}

/// <summary>A lane that is ours, and the endpoint that works on it.</summary>
public sealed class LaneEndpoint
{
    /// <summary>The broker answers at once, or is away.</summary>
    static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);

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
        var leaving = LeaveAsync(patience + StopTimeout);
        await _lane.Drained.WaitAsync(patience, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _lane.End();
        await _lane.Drained;
        await leaving;
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
