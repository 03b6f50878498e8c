using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Loyalty.Messaging.ServiceDefaults.Bus;

/// <summary>
/// A channel to publish on. A publication ends when the broker has confirmed it; many are on their way at once.
/// The client's own tracking of confirms does the same for a header and several objects per message, and is left off.
/// </summary>
internal sealed class ConfirmedChannel : IAsyncDisposable
{
    /// <summary>A broker that takes nothing for a while must not fill our memory.</summary>
    const int MostOnTheirWay = 1000;

    readonly IChannel _channel;
    readonly SemaphoreSlim _turn = new(1);
    readonly Dictionary<ulong, Publication> _onTheirWay = [];
    ulong _oldest = 1;
    int _count;
    volatile bool _broken;

    ConfirmedChannel(IChannel channel)
    {
        _channel = channel;
        channel.BasicAcksAsync += (_, ack) => Settle(ack.DeliveryTag, ack.Multiple, null);
        channel.BasicNacksAsync += (_, nack) => Settle(nack.DeliveryTag, nack.Multiple, new PublicationRefusedException("The broker refused the message"));
        channel.BasicReturnAsync += (_, back) => Return(back.BasicProperties.MessageId, new PublicationRefusedException($"Returned by the broker: {back.ReplyCode} {back.ReplyText}"));
        channel.ChannelShutdownAsync += (_, reason) => SettleAll(new AlreadyClosedException(reason));
    }

    public bool IsOpen => !_broken && _channel.IsOpen;

    public bool IsFull => Volatile.Read(ref _count) >= MostOnTheirWay;

    public static async Task<ConfirmedChannel> OpenAsync(IConnection connection, CancellationToken cancellationToken) =>
        new(await connection.CreateChannelAsync(new CreateChannelOptions(true, !Shortcuts.ConfirmTracking, null), cancellationToken));

    /// <summary>Ends when the broker has confirmed.</summary>
    /// <exception cref="PublicationRefusedException">It has not got the message.</exception>
    /// <exception cref="AlreadyClosedException">The channel went; whether the broker took the message is unknown.</exception>
    public async Task PublishAsync(string exchange, string routingKey, bool mandatory, BasicProperties properties, byte[] body)
    {
        if (!Shortcuts.ConfirmTracking)
        {
            await _channel.BasicPublishAsync(exchange, routingKey, mandatory, properties, body);
            return;
        }
        var publication = new Publication(properties.MessageId);
        Interlocked.Increment(ref _count);
        try
        {
            await _turn.WaitAsync();
            try
            {
                if (_broken)
                    throw new PublicationRefusedException("The channel broke off before it was this message's turn");
                var number = await _channel.GetNextPublishSequenceNumberAsync();
                lock (_onTheirWay)
                    _onTheirWay[number] = publication;
                await _channel.BasicPublishAsync(exchange, routingKey, mandatory, properties, body);
            }
            catch
            {
                // Whether the client has counted it is not known, and by a wrong count a message would pass for confirmed that is not.
                _broken = true;
                throw;
            }
            finally
            {
                _turn.Release();
            }
            await publication.Task;
        }
        finally
        {
            Interlocked.Decrement(ref _count);
        }
    }

    public ValueTask DisposeAsync() => _channel.DisposeAsync();

    Task SettleAll(Exception fault)
    {
        Publication[] lost;
        lock (_onTheirWay)
        {
            lost = [.. _onTheirWay.Values];
            _onTheirWay.Clear();
        }
        return End(lost, fault);
    }

    Task Settle(ulong number, bool multiple, Exception? fault)
    {
        var settled = new List<Publication>();
        lock (_onTheirWay)
        {
            for (var each = multiple ? _oldest : number; each <= number; each++)
            {
                if (_onTheirWay.Remove(each, out var publication))
                    settled.Add(publication);
            }
            if (multiple)
                _oldest = number + 1;
        }
        return End(settled, fault);
    }

    /// <summary>The broker says so first and confirms then.</summary>
    Task Return(string? messageId, Exception fault)
    {
        Publication[] returned;
        lock (_onTheirWay)
            returned = [.. _onTheirWay.Values.Where(publication => publication.MessageId == messageId)];
        return End(returned, fault);
    }

    /// <summary>Who waits goes on right here: many at once are not worth a thread each.</summary>
    static Task End(IReadOnlyList<Publication> publications, Exception? fault)
    {
        foreach (var publication in publications)
        {
            if (fault is null)
                publication.TrySetResult();
            else
                publication.TrySetException(fault);
        }
        return Task.CompletedTask;
    }

    sealed class Publication(string? messageId) : TaskCompletionSource
    {
        public string? MessageId => messageId;
    }
}

/// <summary>The broker does not have the message.</summary>
public sealed class PublicationRefusedException(string message) : Exception(message);
