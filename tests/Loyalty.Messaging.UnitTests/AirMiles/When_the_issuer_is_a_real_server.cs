using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Loyalty.Messaging.AirMiles;
using Loyalty.Messaging.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Loyalty.Messaging.UnitTests.AirMiles;

/// <summary>What only the real connection can show: redirects, resets, concurrency.</summary>
public sealed class When_the_issuer_is_a_real_server : IDisposable
{
    readonly HttpListener _server = new();
    readonly ConcurrentQueue<string> _paths = new();
    readonly string _root;
    Func<HttpListenerContext, Task> _answer = context => WriteAsync(context, 200, IssuerStub.Yes);

    public When_the_issuer_is_a_real_server()
    {
        _root = $"http://127.0.0.1:{Ports.Next()}/";
        _server.Prefixes.Add(_root);
        _server.Start();
        _ = ServeAsync();
    }

    static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _server.Close();

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        _answer = context =>
        {
            context.Response.RedirectLocation = _root + "elsewhere";
            return WriteAsync(context, 307, "");
        };

        var result = await CallAsync();

        Assert.Contains("never followed", Assert.IsType<CallOutcome.Unresolved>(result.Outcome).Reason, StringComparison.Ordinal);
        Assert.Equal(["/token", "/checkout/issuance/post/event"], _paths);
    }

    [Fact]
    public async Task The_headers_are_the_documented_ones()
    {
        string[] headers = [];
        _answer = context =>
        {
            headers = context.Request.Headers.AllKeys!;
            return WriteAsync(context, 200, IssuerStub.Yes);
        };
        using var traced = new Activity("test").SetIdFormat(ActivityIdFormat.W3C).Start();

        await CallAsync();

        Assert.Equal(["Authorization", "Content-Length", "Content-Type", "Host", "Idempotency-Key"], headers.Order());
    }

    [Fact]
    public async Task A_connection_that_breaks_is_tried_again_and_then_unresolved()
    {
        using var breaking = new TcpListener(IPAddress.Loopback, 0);
        breaking.Start();
        var serving = Task.Run(
            async () =>
            {
                for (var count = 0; count < 3; count++)
                {
                    using var connection = await breaking.AcceptSocketAsync(Token);
                    await connection.ReceiveAsync(new byte[4096], Token);
                    connection.LingerState = new LingerOption(true, 0); // a reset, not an orderly end
                }
            },
            Token
        );

        var result = await CallAsync(("BaseAddress", $"http://{breaking.LocalEndpoint}"));
        await serving;

        Assert.Contains("the connection failed", Assert.IsType<CallOutcome.Unresolved>(result.Outcome).Reason, StringComparison.Ordinal);
        Assert.Equal(3, result.Attempts.Count);
    }

    /// <summary>A firewall that drops packets: nobody answers, not even with a no. It is no cancellation of ours.</summary>
    [Fact]
    public async Task An_issuer_that_lets_nobody_connect_was_never_asked()
    {
        using var full = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        full.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        full.Listen(0);
        var held = new List<Socket>();
        var connected = true;
        while (connected)
        {
            held.Add(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
            var connecting = held[^1].ConnectAsync(full.LocalEndPoint!, Token).AsTask();
            connected =
                await Task.WhenAny(connecting, Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System, Token)) == connecting;
        }

        var result = await CallAsync(("BaseAddress", $"http://{full.LocalEndPoint}"));
        held.ForEach(socket => socket.Dispose());

        Assert.Contains("no connection", Assert.IsType<CallOutcome.Unresolved>(result.Outcome).Reason, StringComparison.Ordinal);
        Assert.False(result.EffectUnknown);
        Assert.Equal(3, result.Attempts.Count);
    }

    [Fact]
    public async Task An_answer_that_breaks_off_is_unknown_but_its_status_is_kept()
    {
        _answer = async context =>
        {
            context.Response.ContentLength64 = 1000;
            await context.Response.OutputStream.WriteAsync("{\"transactionId\":"u8.ToArray());
            await context.Response.OutputStream.FlushAsync();
            context.Response.Abort();
        };

        var result = await CallAsync();

        Assert.IsType<CallOutcome.Unresolved>(result.Outcome);
        Assert.All(result.Attempts, attempt => Assert.Equal(200, attempt.Status));
    }

    [Fact]
    public async Task An_answer_that_does_not_tell_its_length_is_bounded_too()
    {
        _answer = async context =>
        {
            context.Response.SendChunked = true;
            try
            {
                await WriteAsync(context, 200, $$"""{"transactionId":"T","padding":"{{new string('x', 300 * 1024)}}"}""");
            }
            catch (Exception error) when (error is HttpListenerException or IOException or ObjectDisposedException)
            {
                // the client has had enough
            }
        };

        var result = await CallAsync();

        Assert.Contains("262144 bytes", Assert.IsType<CallOutcome.Unresolved>(result.Outcome).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_more_calls_are_in_flight_than_allowed()
    {
        int inFlight = 0,
            most = 0;
        var issuer = new IssuerStub(); // not the server: the handler's bound on connections would hide a bound that is missing here
        for (var count = 0; count < 20; count++)
        {
            issuer.Then(async cancellationToken =>
            {
                InterlockedMax(ref most, Interlocked.Increment(ref inFlight));
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellationToken);
                Interlocked.Decrement(ref inFlight);
                return IssuerStub.Answer(200, IssuerStub.Yes);
            });
        }

        await using var services = issuer.Services(null, ("MaxConcurrency", "3"));
        var client = services.GetRequiredService<IAirMilesClient>();

        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => client.PostEventAsync(IssuerStub.Call, Token)));

        Assert.All(results, result => Assert.IsType<CallOutcome.Accepted>(result.Outcome));
        Assert.Equal(3, most);
    }

    [Fact]
    public async Task No_more_requests_are_sent_per_second_than_allowed()
    {
        await using var services = Services(("RequestsPerSecond", "20"));
        var client = services.GetRequiredService<IAirMilesClient>();
        var started = TimeProvider.System.GetTimestamp();

        await Task.WhenAll(Enumerable.Range(0, 11).Select(_ => client.PostEventAsync(IssuerStub.Call, Token)));

        Assert.True(TimeProvider.System.GetElapsedTime(started) >= TimeSpan.FromMilliseconds(490));
    }

    static void InterlockedMax(ref int target, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref target)) < value && Interlocked.CompareExchange(ref target, value, seen) != seen) { }
    }

    static async Task WriteAsync(HttpListenerContext context, int status, string body)
    {
        context.Response.StatusCode = status;
        await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(body));
        context.Response.Close();
    }

    ServiceProvider Services(params (string Key, string Value)[] settings) =>
        IssuerStub.Plain(null, [("BaseAddress", _root), ("TokenEndpoint", _root + "token"), .. settings]).BuildServiceProvider();

    async Task<CallResult> CallAsync(params (string Key, string Value)[] settings)
    {
        await using var services = Services(settings);
        return await services.GetRequiredService<IAirMilesClient>().PostEventAsync(IssuerStub.Call, Token);
    }

    async Task ServeAsync()
    {
        await foreach (var context in _server.RequestsAsync())
        {
            _paths.Enqueue(context.Request.Url!.AbsolutePath);
            _ =
                context.Request.Url.AbsolutePath == "/token"
                    ? WriteAsync(context, 200, """{"access_token":"t","expires_in":600}""")
                    : _answer(context);
        }
    }
}
