using System.Net;

namespace Loyalty.Messaging.Ops.Shared;

/// <summary>Names and addresses of this very machine.</summary>
internal static class Loopback
{
    public static bool Is(string host) =>
        host == "localhost" || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
