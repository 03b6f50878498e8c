using System.Collections.Concurrent;
using Loyalty.Messaging.Delivery.Database;
using Loyalty.Messaging.Delivery.Outbox;
using Loyalty.Messaging.Sagas;
using MassTransit;
using MassTransit.Serialization;
using Microsoft.Extensions.Logging;

namespace Loyalty.Messaging.Delivery.Sending;

/// <summary>
/// Sends committed messages straight from memory, in their order, each confirmed by the broker before the next. What cannot be sent now
/// stays in the table:
/// the transaction is committed and nothing of it is undone; the sweeper will send it, and after it what comes later in its stream.
/// </summary>
internal sealed partial class OutboxDelivery(
    IBus bus,
    DeliveredMessages delivered,
    OutboxOptions options,
    TimeProvider time,
    ILogger<OutboxDelivery> logger,
    IOutboxTransport? transport = null,
    IInProcessTransport? inProcess = null
)
{
    static readonly TimeSpan SayInterval = TimeSpan.FromSeconds(5);

    readonly ConcurrentDictionary<string, ISendEndpoint> _endpoints = new(StringComparer.Ordinal);

    /// <summary>Destinations that the last message has reached: they are there.</summary>
    readonly ConcurrentDictionary<string, bool> _reached = new(StringComparer.Ordinal);
    long _saidAt;
    int _left;

    /// <summary>
    /// What was last sent of a stream: true when all of it has gone. Kept while that is not known, and afterwards until the table says that
    /// something was left.
    /// </summary>
    readonly ConcurrentDictionary<Guid, Task<bool>> _streams = new();

    /// <summary>After what was committed before it in its stream.</summary>
    public async Task DeliverAsync(IReadOnlyList<OutgoingMessage> messages)
    {
        if (messages.Count == 0)
            return;
        var stream = messages[0].Row.Stream;
        var gone = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<bool>? before = null;
        _ = _streams.AddOrUpdate(stream, _ => Follow(null), (_, last) => Follow(last));
        var allGone = false;
        try
        {
            allGone =
                (before is null || await before)
                && !messages.Any(message => message.Row.LeftToSweeper)
                && await AllConfirmedAsync(messages);
        }
        finally
        {
            gone.SetResult(allGone);
            if (allGone)
                _streams.TryRemove(new(stream, gone.Task));
            else
                _ = ForgetAsync(stream, gone.Task);
        }

        Task<bool> Follow(Task<bool>? last)
        {
            before = last;
            return gone.Task;
        }
    }

    /// <summary>From then on what was left is due, and whoever writes to the stream finds it in the table.</summary>
    async Task ForgetAsync(Guid stream, Task<bool> left)
    {
        await Task.Delay(options.AgeLimit, time);
        _streams.TryRemove(new(stream, left));
    }

    /// <summary>False when something is left for the sweeper.</summary>
    async Task<bool> AllConfirmedAsync(IReadOnlyList<OutgoingMessage> messages)
    {
        foreach (var message in messages)
        {
            if (message.Row.Scheduled)
                continue;
            if (message.Captured is { } context && inProcess?.Deliver(context, message.Row.Body) is { } working)
                _ = FinishAsync(message, working);
            else if (!await ConfirmedAsync(message))
                return false;
        }
        return true;
    }

    /// <summary>
    /// Its consumer in this process has it; until that is done, the row stands for it. What takes long goes to the broker as well, where
    /// everybody sees it, before it is the sweeper's.
    /// </summary>
    async Task FinishAsync(OutgoingMessage message, Task<bool> working)
    {
        var done = false;
        try
        {
            done = await working.WaitAsync(options.CopyAfter, time);
        }
        catch (TimeoutException)
        {
            // The consumer knows the broker's copy by its id.
        }
        if (done)
            Delivered(message);
        else
        {
            message.Captured!.Headers.Set(EarlierDeliveries.Header, EarlierDeliveries.Copy);
            await ConfirmedAsync(message, copy: true);
        }
    }

    /// <summary>False when it is left for the sweeper.</summary>
    async Task<bool> ConfirmedAsync(OutgoingMessage message, bool copy = false)
    {
        if (transport is { TakesMessages: false })
            return false;
        try
        {
            await SendAsync(
                    message.Row,
                    message.Metadata,
                    copy,
                    () => message.Captured is { } context ? transport?.SendCaptured(context, message.Row.Body) : null
                )
                .WaitAsync(options.ConfirmTimeout, time);
        }
        catch (Exception exception)
        {
            Leave(message, exception.Message);
            return false;
        }
        Delivered(message);
        return true;
    }

    /// <summary>When the broker goes, all that is in hand meets the same: it is said of one, and of how many it is true.</summary>
    void Leave(OutgoingMessage message, string cause)
    {
        Interlocked.Increment(ref _left);
        var said = Volatile.Read(ref _saidAt);
        if (said != 0 && time.GetElapsedTime(said) <= SayInterval)
            return;
        if (Interlocked.CompareExchange(ref _saidAt, time.GetTimestamp(), said) == said)
            LeftForSweeper(logger, Interlocked.Exchange(ref _left, 0), message.Row.MessageId, message.TypeName, cause);
    }

    void Delivered(OutgoingMessage message)
    {
        Points.Reach(Points.Delivered, message.Row.MessageId);
        delivered.Add(message.Row.Id);
    }

    /// <summary>
    /// Sends a stored message, and ends when the broker has confirmed it, however long that takes: the caller has a clock.
    /// </summary>
    public async Task SendAsync(OutboxMessage row)
    {
        var metadata = MessageMetadata.Parse(row.Metadata);
        // Whoever wrote the row may have had the message in hand.
        var copy = !row.Scheduled;
        // What has failed once goes through the bus: there it takes nobody else along.
        await SendAsync(
            row,
            metadata,
            copy,
            () => row.Attempts == 1 ? transport?.SendStored(new StoredMessage(row, metadata, time, copy), row.Body) : null
        );
    }

    async Task SendAsync(OutboxMessage row, MessageMetadata metadata, bool copy, Func<Task?> shortWay)
    {
        try
        {
            var direct = _reached.ContainsKey(row.Destination) ? shortWay() : null;
            await (direct ?? ThroughBusAsync(row, metadata, copy));
            _reached.TryAdd(row.Destination, true);
        }
        catch
        {
            // Perhaps it is gone: through the bus it is made again.
            _reached.TryRemove(row.Destination, out _);
            throw;
        }
    }

    async Task ThroughBusAsync(OutboxMessage row, MessageMetadata metadata, bool copy)
    {
        if (!_endpoints.TryGetValue(row.Destination, out var endpoint))
            endpoint = _endpoints[row.Destination] = await bus.GetSendEndpoint(new Uri(row.Destination));
        // What the broker refuses the bus sends again until it is told to stop; once we have given up, the row alone is tried again.
        using var patience = new CancellationTokenSource(options.ConfirmTimeout, time);
        await endpoint.Send(new SerializedMessageBody(), new StoredMessage(row, metadata, time, copy), patience.Token);
    }

    [LoggerMessage(
        3010,
        LogLevel.Warning,
        "{Count} messages are committed but could not be sent now, the last of them {MessageId} ({MessageType}): {Cause}; "
            + "the sweeper will send them"
    )]
    static partial void LeftForSweeper(ILogger logger, int count, Guid messageId, string messageType, string cause);
}
