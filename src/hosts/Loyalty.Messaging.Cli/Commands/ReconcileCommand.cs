using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Loyalty.Messaging.Cli.Ops;
using Loyalty.Messaging.Store.Days;

namespace Loyalty.Messaging.Cli.Commands;

/// <summary><c>loyalty reconcile --day</c>: a transaction day's ledger, and its comparison with the issuer's statement.</summary>
internal static class ReconcileCommand
{
    public static Command Create()
    {
        var day = new Option<DateOnly>("--day")
        {
            Description = "Transaction day, 2026-11-21",
            Required = true,
            HelpName = "day",
        };
        var statement = new Option<FileInfo?>("--statement")
        {
            Description = "The issuer's statement (CSV), to compare with",
            HelpName = "file",
        };
        var csv = new Option<bool>("--csv") { Description = "Every issuance and reversal of the day as CSV" };
        var breaks = new Option<bool>("--breaks") { Description = "Differences between commerce, our ledger and the uploaded statement" };
        var signOff = new Option<string?>("--sign-off") { Description = "Sign the day off as it is, with these words", HelpName = "words" };
        var (address, key, json) = (OpsSite.AddressOption(), OpsSite.KeyOption(), Output.JsonOption());
        var command = new Command("reconcile", "Compare a transaction day with the issuer's statement")
        {
            day,
            statement,
            csv,
            breaks,
            signOff,
            address,
            key,
            json,
        };
        command.SetAction(
            async (line, cancellationToken) =>
            {
                var output = new Output(line.GetValue(json));
                var ops = OpsSite.Of(line.GetValue(address), line.GetValue(key));
                var path = $"api/v1/reconciliation/{line.GetValue(day).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}";
                try
                {
                    if (line.GetValue(statement) is { Exists: false } missing)
                        return output.Fail($"There is no file {missing.FullName}");
                    if (line.GetValue(statement) is { } file)
                        return Compared(
                            output,
                            await ops.PostCsvAsync(
                                $"{path}/statement?name={Uri.EscapeDataString(file.Name)}",
                                await File.ReadAllTextAsync(file.FullName, cancellationToken),
                                cancellationToken
                            )
                        );
                    if (line.GetValue(signOff) is { } words)
                        return Broken(
                            output,
                            await ops.PostAsync(
                                $"{path}/sign-off",
                                new Dictionary<string, object?> { ["reason"] = words },
                                cancellationToken
                            )
                        );
                    if (line.GetValue(breaks))
                        return Broken(output, await ops.GetAsync($"{path}/breaks", cancellationToken));
                    if (line.GetValue(csv))
                    {
                        Console.Write(await ops.GetCsvAsync(path, cancellationToken));
                        return 0;
                    }
                    return Told(output, await ops.GetAsync(path, cancellationToken));
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
        );
        return command;
    }

    static int Broken(Output output, string body)
    {
        var view = JsonSerializer.Deserialize<DayReconciliation>(body, JsonSerializerOptions.Web)!;
        return output.Succeed(
            view,
            () =>
            {
                Console.WriteLine(
                    $"{view.Day:yyyy-MM-dd}: {view.Orders} orders, {view.Refunds} refunds, {view.NotApplied} events given up; "
                        + $"{(view.StatementName is null ? "no statement yet" : $"{view.Matched} agree with {view.StatementName}")}; "
                        + $"{view.BreakCount} breaks{(view.SignedOffBy is null ? "" : $"; signed off by {view.SignedOffBy}")}"
                );
                foreach (var each in view.Breaks)
                    Console.WriteLine(
                        $"  {each.Kind}: {each.RefundId ?? each.OrderId ?? each.DeadLetterId?.ToString()}: {each.What}. {each.Action}"
                    );
            }
        );
    }

    static int Told(Output output, string body)
    {
        var ledger = JsonSerializer.Deserialize<DayLedger>(body, JsonSerializerOptions.Web)!;
        return output.Succeed(
            ledger,
            () =>
            {
                if (ledger.Totals.Count == 0)
                    Console.WriteLine($"Nothing to issue or to take back on {ledger.Day:yyyy-MM-dd}");
                foreach (var total in ledger.Totals)
                    Console.WriteLine(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{total.SponsorCode ?? "(no sponsor)"} {total.Kind}: expected {Sum(total.Expected)}; "
                                + $"attempted {Sum(total.Attempted)}, confirmed {Sum(total.Confirmed)}, pending {Sum(total.Pending)}, "
                                + $"rejected {Sum(total.Rejected)}, unknown {Sum(total.Unknown)}"
                        )
                    );
            }
        );
    }

    /// <summary>Fails when the two sides differ, so that a script can ask.</summary>
    static int Compared(Output output, string body)
    {
        var comparison = JsonSerializer.Deserialize<StatementComparison>(body, JsonSerializerOptions.Web)!;
        var sentence =
            $"{comparison.Matched} matched, {comparison.MissingHere.Count} missing here, "
            + $"{comparison.MissingThere.Count} missing there, {comparison.Different.Count} different";
        if (comparison is { MissingHere.Count: 0, MissingThere.Count: 0, Different.Count: 0 })
            return output.Succeed(comparison, () => Console.WriteLine(sentence));
        var lines = comparison
            .MissingHere.Select(line => ("missing here", line))
            .Concat(comparison.MissingThere.Select(line => ("missing there", line)))
            .Concat(comparison.Different.Select(line => ("different", line)))
            .Select(each =>
                $"  {each.Item1}: "
                + $"{each.line.ClientTransactionId}{(each.line.OrderId is null ? "" : $" (order {each.line.OrderId})")}: "
                + $"{each.line.What}"
            );
        return output.Fail($"{sentence}\n{string.Join('\n', lines)}", comparison);
    }

    static string Sum(DaySum sum) => string.Create(CultureInfo.InvariantCulture, $"{sum.Count} ({sum.Miles} miles)");
}
