using System.Net;
using System.Net.Sockets;

namespace Loyalty.Messaging.TestKit;

/// <summary>
/// Ports for programs that are told where to listen. Between our asking and their listening nobody else may take one: they lie below the
/// ephemeral ports, and every process of tests has a hundred of its own for as long as it lives.
/// </summary>
public static class Ports
{
    const int First = 10_000;
    const int PerProcess = 100;
    const int Processes = 100;

    static readonly Lock OneAtATime = new();

    /// <summary>Says to other processes that these hundred are taken.</summary>
    static readonly TcpListener Mine =
        Enumerable.Range(0, Processes).Select(each => ListenOn(First + each * PerProcess)).FirstOrDefault(listener => listener is not null)
        ?? throw new InvalidOperationException(
            $"No ports are left between {First} and {First + Processes * PerProcess}: too many processes of tests run beside this one"
        );

    static int _given;

    /// <summary>A port of 127.0.0.1 that nobody listens on now, and that comes again only after all others.</summary>
    public static int Next()
    {
        lock (OneAtATime)
        {
            for (var tried = 1; tried < PerProcess; tried++)
            {
                var port = ((IPEndPoint)Mine.LocalEndpoint).Port + 1 + _given++ % (PerProcess - 1);
                using var free = ListenOn(port);
                if (free is not null)
                    return port;
            }
        }
        throw new InvalidOperationException("Everything that was started with a port of this process still listens");
    }

    static TcpListener? ListenOn(int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return listener;
        }
        catch (SocketException)
        {
            listener.Dispose();
            return null;
        }
    }
}
