using System.CommandLine;

namespace Loyalty.Messaging.Cli.Commands;

/// <summary><c>loyalty orders …</c>.</summary>
internal static class OrdersCommand
{
    public static Command Create() => new("orders", "Orders and their miles");
}
