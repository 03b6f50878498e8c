using System.CommandLine;
using Loyalty.Messaging.ServiceDefaults;

namespace Loyalty.Messaging.Cli.Commands;

/// <summary><c>loyalty keys new NAME ROLE</c>: a key to the ops site. It is shown once; the settings hold its hash alone.</summary>
internal static class KeysCommand
{
    public static Command Create() => new("keys", "Keys for the ops site") { New() };

    static Command New()
    {
        var name = new Argument<string>("name") { Description = "Who will use it; recorded in the audit log" };
        var role = new Argument<string>("role") { Description = "What it may do" };
        role.AcceptOnlyFromAmong([.. AccessKey.Roles]);
        var json = Output.JsonOption();
        var command = new Command("new", "Make a key and print the settings for it") { name, role, json };
        command.SetAction(line => Print(line.GetValue(name)!, line.GetValue(role)!, new Output(line.GetValue(json))));
        return command;
    }

    static int Print(string name, string role, Output output)
    {
        var key = AccessKey.New();
        var hash = AccessKey.HashOf(key);
        return output.Succeed(
            new
            {
                name,
                role,
                key,
                hash,
            },
            () =>
            {
                Console.WriteLine($"Key, shown only now:  {key}");
                Console.WriteLine();
                Console.WriteLine("Settings of the ops site (0, 1, 2 … is the key's number, the next one that is free):");
                Console.WriteLine($"Ops__Keys__0__Name={name}");
                Console.WriteLine($"Ops__Keys__0__Role={role}");
                Console.WriteLine($"Ops__Keys__0__Hash={hash}");
            }
        );
    }
}
