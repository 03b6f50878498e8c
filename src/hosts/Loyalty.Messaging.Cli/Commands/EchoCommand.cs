using System.CommandLine;
using System.Text.Json;
using Loyalty.Messaging.Cli.Ops;
using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.Store.Echoes;

namespace Loyalty.Messaging.Cli.Commands;

/// <summary><c>loyalty echo</c>: whether the issuer is there. Done only when it said yes, so that a script can ask.</summary>
internal static class EchoCommand
{
    const string Answered = "answered";

    public static Command Create()
    {
        var last = new Option<bool>("--last") { Description = "Show the last answer, and ask nothing" };
        var (address, key, json) = (OpsSite.AddressOption(), OpsSite.KeyOption(), Output.JsonOption());
        var command = new Command("echo", "Check that AIR MILES answers (ECHO)") { last, address, key, json };
        command.SetAction(
            (line, cancellationToken) =>
                RunAsync(
                    OpsSite.Of(line.GetValue(address), line.GetValue(key)),
                    line.GetValue(last),
                    new Output(line.GetValue(json)),
                    cancellationToken
                )
        );
        return command;
    }

    static async Task<int> RunAsync(OpsSite ops, bool last, Output output, CancellationToken cancellationToken)
    {
        try
        {
            var answer = last
                ? JsonSerializer
                    .Deserialize<EchoView>(await ops.GetAsync("api/v1/echo", cancellationToken), JsonSerializerOptions.Web)!
                    .Last
                : JsonSerializer.Deserialize<EchoRan>(
                    await ops.PostAsync("api/v1/echo", null, cancellationToken),
                    JsonSerializerOptions.Web
                );
            if (answer is null)
                return output.Fail("AIR MILES has never been asked: ECHO is off, or no worker has run");
            var sentence =
                $"{answer.At:yyyy-MM-dd HH:mm:ss}Z {answer.ResponseCode} {answer.Meaning} (trace {answer.TraceId}, "
                + $"{answer.Calls} calls, {answer.DurationMs:0} ms)";
            return answer.Outcome == Answered
                ? output.Succeed(answer, () => Console.WriteLine(sentence))
                : output.Fail($"{sentence}: {answer.Details}. To act: {answer.Actor}", answer);
        }
        catch (OpsRefusedException exception)
        {
            return output.Fail(exception.Message);
        }
        catch (JsonException)
        {
            return output.Fail(OpsSite.Unreadable);
        }
    }
}
