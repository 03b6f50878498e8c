using System.CommandLine;

namespace Loyalty.Messaging.Cli.Commands;

/// <summary><c>loyalty refunds …</c>: decisions about refunds; <c>orders show</c> shows them with their order.</summary>
internal static class RefundsCommand
{
    public static Command Create()
    {
        var command = new Command("refunds", "Refunds and the miles they take back");
        foreach (var decision in DecisionCommands.For("refunds", "refund"))
            command.Subcommands.Add(decision);
        return command;
    }
}
