using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Loyalty.Messaging.TestKit;

/// <summary>Where a session was cut.</summary>
/// <param name="Path">What it had said since it was last without a transaction, a statement a line, the one where it was cut last.</param>
/// <param name="Executed">The server has executed that one, and nobody was told; otherwise it has not heard of it.</param>
public sealed record Cut(string Path, bool Executed);

/// <summary>
/// A way to PostgreSQL on which sessions end at their statements: where a session of this application has not been cut yet, it is cut, a
/// few times before the statement reaches the server and a few times after it was executed. So every statement is once the last word.
/// Not encrypted.
/// </summary>
public sealed class SessionCutter : IAsyncDisposable
{
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource _ended = new();
    readonly List<Cut> _cuts = [];
    readonly string _host;
    readonly int _port;
    readonly string _application;
    readonly int _times;
    readonly Predicate<string> _isMeant;

    /// <param name="application">The application's name, as its sessions tell it; those of others are left alone.</param>
    /// <param name="times">How often a session is cut at the same place, before and after each.</param>
    /// <param name="isMeant">Whether sessions are cut there: of the path of a <see cref="Cut"/>.</param>
    public SessionCutter(string host, int port, string application, int times, Predicate<string> isMeant)
    {
        (_host, _port, _application, _times, _isMeant) = (host, port, application, times, isMeant);
        _listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>On the loopback.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public IReadOnlyList<Cut> Cuts
    {
        get
        {
            lock (_cuts)
                return [.. _cuts];
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        _listener.Dispose();
        _ended.Dispose();
    }

    async Task AcceptAsync()
    {
        while (!_ended.IsCancellationRequested)
            _ = CarryAsync(await _listener.AcceptTcpClientAsync(_ended.Token));
    }

    async Task CarryAsync(TcpClient near)
    {
        using (near)
        using (var far = new TcpClient { NoDelay = true })
        {
            try
            {
                near.NoDelay = true;
                await far.ConnectAsync(_host, _port, _ended.Token);
                var session = new Session(this, near.GetStream(), far.GetStream(), _ended.Token);
                await session.CarryAsync();
            }
            catch (Exception exception)
                when (exception is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // Either end has gone.
            }
        }
    }

    bool Takes(Cut cut)
    {
        if (!_isMeant(cut.Path))
            return false;
        lock (_cuts)
        {
            if (_cuts.Count(earlier => earlier == cut) >= _times)
                return false;
            _cuts.Add(cut);
            return true;
        }
    }

    sealed class Session(SessionCutter owner, NetworkStream near, NetworkStream far, CancellationToken ended)
    {
        static readonly byte[] Sync = [(byte)'S', 0, 0, 0, 4];
        static readonly byte[] NotEncrypted = [(byte)'N'];
        const int LongestWithoutStartup = 8;

        readonly Dictionary<string, string> _statements = [],
            _portals = [];
        readonly List<string> _said = [];
        readonly TaskCompletionSource _executed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        volatile bool _isCut;

        /// <summary>Ends when either end has gone or the session was cut.</summary>
        public async Task CarryAsync() => await await Task.WhenAny(AskAsync(), AnswerAsync());

        async Task AskAsync()
        {
            var startup = await ReadAsync(near, typed: false);
            for (; startup is { Length: <= LongestWithoutStartup }; startup = await ReadAsync(near, typed: false))
                await near.WriteAsync(NotEncrypted, ended);
            if (startup is null)
                return;
            await far.WriteAsync(startup, ended);
            var isWatched = Encoding
                .UTF8.GetString(startup)
                .Contains($"application_name\0{owner._application}\0", StringComparison.Ordinal);
            while (await ReadAsync(near, typed: true) is { } message)
            {
                if (isWatched && StatementOf(message) is { } statement && await CutAsync(statement, message))
                    return;
                await far.WriteAsync(message, ended);
            }
        }

        /// <returns>The statement that this message has executed, if it does.</returns>
        string? StatementOf(byte[] message)
        {
            var texts = Encoding.UTF8.GetString(message.AsSpan(5)).Split('\0');
            switch ((char)message[0])
            {
                case 'P':
                    _statements[texts[0]] = texts[1];
                    break;
                case 'B':
                    _portals[texts[0]] = _statements[texts[1]];
                    break;
                case 'E':
                    return _portals[texts[0]];
            }
            return null;
        }

        async Task<bool> CutAsync(string statement, byte[] execute)
        {
            string path;
            lock (_said)
            {
                _said.Add(statement);
                path = string.Join("\n", _said);
            }
            if (owner.Takes(new Cut(path, Executed: false)))
                return true;
            if (!owner.Takes(new Cut(path, Executed: true)))
                return false;
            _isCut = true;
            await far.WriteAsync(execute, ended);
            // Without a transaction this commits; within one it only brings the answer.
            await far.WriteAsync(Sync, ended);
            await _executed.Task;
            return true;
        }

        async Task AnswerAsync()
        {
            while (await ReadAsync(far, typed: true) is { } message)
            {
                var isReady = message[0] == 'Z';
                if (_isCut)
                {
                    if (isReady)
                        _executed.TrySetResult();
                    continue;
                }
                // Without a transaction.
                if (isReady && message[5] == 'I')
                    lock (_said)
                        _said.Clear();
                await near.WriteAsync(message, ended);
            }
        }

        /// <param name="typed">A byte that says what it is comes before the length.</param>
        /// <returns>A whole message; null at the end.</returns>
        async Task<byte[]?> ReadAsync(NetworkStream from, bool typed)
        {
            var head = new byte[typed ? 5 : 4];
            if (await from.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, ended) < head.Length)
                return null;
            var message = new byte[BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(head.Length - 4)) + (typed ? 1 : 0)];
            head.CopyTo(message, 0);
            await from.ReadExactlyAsync(message.AsMemory(head.Length), ended);
            return message;
        }
    }
}
