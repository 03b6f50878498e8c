using RabbitMQ.Client;

namespace Loyalty.Messaging.Benchmarks.Load;

/// <summary>
/// Publishes persistent JSON without waiting for each confirm: a bounded number is on its way. One caller at a time.
/// The client's own tracking of confirms is left off, for it costs a task and a header per message.
/// </summary>
internal sealed class ConfirmedChannel : IAsyncDisposable
{
    static readonly BasicProperties Properties = new() { ContentType = "application/json", Persistent = true };
    readonly IChannel _channel;
    readonly SemaphoreSlim _room;
    readonly int _most;
    readonly bool[] _confirmed;
    ulong _next = 1;
    ulong _oldest = 1;
    Exception? _failure;

    ConfirmedChannel(IChannel channel, int most)
    {
        (_channel, _most, _room) = (channel, most, new SemaphoreSlim(most));
        // Confirms may overtake each other; never by more than what is on its way.
        _confirmed = new bool[most + 1];
        channel.BasicAcksAsync += (_, ack) =>
        {
            Confirm(ack.DeliveryTag, ack.Multiple);
            return Task.CompletedTask;
        };
        channel.BasicNacksAsync += (_, _) => FailAsync("The broker refused a publication");
        channel.BasicReturnAsync += (_, back) => FailAsync($"The broker found no queue for {back.Exchange}");
        channel.ChannelShutdownAsync += (_, reason) => FailAsync($"The channel was closed: {reason.ReplyText}");
    }

    public static async Task<ConfirmedChannel> OpenAsync(IConnection connection, int most = 512) =>
        new(await connection.CreateChannelAsync(new CreateChannelOptions(true, false, null)), most);

    /// <summary>Waits only when too many are on their way.</summary>
    public async ValueTask PublishAsync(string exchange, string routingKey, ReadOnlyMemory<byte> body)
    {
        await _room.WaitAsync();
        Check();
        _next++;
        await _channel.BasicPublishAsync(exchange, routingKey, mandatory: true, Properties, body);
    }

    /// <summary>Waits until everything is confirmed.</summary>
    public async Task FlushAsync()
    {
        for (var taken = 0; taken < _most; taken++)
            await _room.WaitAsync();
        Check();
        _room.Release(_most);
    }

    public async ValueTask DisposeAsync()
    {
        await _channel.DisposeAsync();
        _room.Dispose();
    }

    void Confirm(ulong tag, bool multiple)
    {
        for (var each = multiple ? _oldest : tag; each <= tag; each++)
            _confirmed[each % (ulong)_confirmed.Length] = true;
        var freed = 0;
        for (; _confirmed[_oldest % (ulong)_confirmed.Length]; _oldest++, freed++)
            _confirmed[_oldest % (ulong)_confirmed.Length] = false;
        if (freed > 0)
            _room.Release(freed);
    }

    Task FailAsync(string sentence)
    {
        _failure ??= new InvalidOperationException(sentence);
        _room.Release();
        return Task.CompletedTask;
    }

    void Check()
    {
        if (_failure is not null)
            throw _failure;
    }
}
