using System.CommandLine;
using System.CommandLine.Invocation;
using Loyalty.Messaging.Cli;
using Loyalty.Messaging.Cli.Commands;
using Loyalty.Messaging.ServiceDefaults;

return await Entry.RunAsync(async () =>
{
    var root = new RootCommand("Loyalty.Messaging from the command line")
    {
        MigrateCommand.Create(),
        ValidateCommand.Create(),
        PublishCommand.Create(),
        OrdersCommand.Create(),
        RefundsCommand.Create(),
        DeadLettersCommand.Create(),
        JobsCommand.Create(),
        WatchCommands.Stats(),
        WatchCommands.Timers(),
        WatchCommands.Outbox(),
        WatchCommands.Audit(),
        ReconcileCommand.Create(),
        EchoCommand.Create(),
        InquireCommand.Create(),
        KeysCommand.Create(),
    };
    var line = root.Parse(args);
    var exitCode = await line.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
    return line.Action is ParseErrorAction ? Output.WrongUsage : exitCode;
});
