using System.CommandLine;
using System.Data.Common;
using Loyalty.Messaging.ServiceDefaults;
using Loyalty.Messaging.Store;
using Loyalty.Messaging.Store.Migrations;
using Microsoft.Extensions.Configuration;

namespace Loyalty.Messaging.Cli.Commands;

/// <summary><c>loyalty migrate</c>: brings the schema up to date and makes the partitions of the coming days.</summary>
internal static class MigrateCommand
{
    public static Command Create()
    {
        var json = Output.JsonOption();
        var command = new Command("migrate", "Bring the database's schema up to date (ConnectionStrings__Loyalty); safe to repeat")
        {
            json,
        };
        command.SetAction((line, cancellationToken) => RunAsync(new Output(line.GetValue(json)), cancellationToken));
        return command;
    }

    static async Task<int> RunAsync(Output output, CancellationToken cancellationToken)
    {
        var database = new LoyaltyDatabaseOptions { ConnectionString = Settings.FromEnvironment().GetConnectionString("Loyalty") };
        foreach (var mistake in database.Validate())
            throw new ConfigurationMistakeException(mistake);
        try
        {
            var applied = await Schema.MigrateAsync(database.ConnectionString!, cancellationToken);
            return output.Succeed(
                new { applied },
                () =>
                {
                    foreach (var migration in applied)
                        Console.WriteLine($"applied {migration}");
                    if (applied.Count == 0)
                        Console.WriteLine("The schema is up to date");
                }
            );
        }
        catch (Exception exception) when (DatabaseFault(exception) is { } fault)
        {
            return output.Fail($"The database cannot be migrated: {fault.GetBaseException().Message}");
        }
    }

    /// <summary>EF wraps what is likely to pass.</summary>
    static DbException? DatabaseFault(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
            if (exception is DbException fault)
                return fault;
        return null;
    }
}
