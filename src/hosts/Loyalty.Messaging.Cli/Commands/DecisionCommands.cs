using System.CommandLine;
using System.Text.Json;
using Loyalty.Messaging.Cli.Ops;

namespace Loyalty.Messaging.Cli.Commands;

/// <summary><c>approve</c>, <c>retry</c>, <c>correct</c> and <c>cancel</c> of orders and of refunds.</summary>
internal static class DecisionCommands
{
    /// <param name="path">Route of the ops API: <c>orders</c> or <c>refunds</c>.</param>
    /// <param name="what">As people call it.</param>
    public static IEnumerable<Command> For(string path, string what)
    {
        if (path == "orders")
            yield return Simple(path, what, "approve", "Issue the miles of an order that is held, as they are");
        yield return Retry(path, what);
        yield return Correct(path, what);
        yield return Timer(path, what);
        yield return Cancel(path, what);
    }

    static Command Simple(string path, string what, string act, string description)
    {
        var (id, common) = (new Argument<string>($"{what}-id"), new CommonOptions());
        var command = new Command(act, description) { id };
        common.AddTo(command);
        command.SetAction(
            (line, cancellationToken) =>
                SendAsync(
                    common,
                    line,
                    $"api/v1/{path}/{Uri.EscapeDataString(line.GetValue(id)!)}/{act}",
                    new Dictionary<string, object?>(),
                    cancellationToken
                )
        );
        return command;
    }

    static Command Retry(string path, string what)
    {
        var (id, common) = (new Argument<string>($"{what}-id"), new CommonOptions());
        var evenIfForgotten = new Option<bool>("--even-if-forgotten")
        {
            Description =
                "Also when the issuer may have forgotten the call's key, and it may take effect twice; a second person has to say yes",
        };
        var command = new Command("retry", "Send the same call again, now") { id, evenIfForgotten };
        common.AddTo(command);
        command.SetAction(
            (line, cancellationToken) =>
            {
                var body = line.GetValue(evenIfForgotten) ? new Dictionary<string, object?> { ["evenIfForgotten"] = true } : [];
                return SendAsync(common, line, $"api/v1/{path}/{Uri.EscapeDataString(line.GetValue(id)!)}/retry", body, cancellationToken);
            }
        );
        return command;
    }

    static Command Cancel(string path, string what)
    {
        var (id, common) = (new Argument<string>($"{what}-id"), new CommonOptions());
        var noEffect = new Option<bool>("--no-effect")
        {
            Description = "AIR MILES has confirmed that there is no such transaction; a second person has to say yes",
        };
        var command = new Command("cancel", what == "order" ? "No miles for this order" : "Take nothing back for this refund")
        {
            id,
            noEffect,
        };
        common.AddTo(command);
        command.SetAction(
            (line, cancellationToken) =>
            {
                var body = line.GetValue(noEffect) ? new Dictionary<string, object?> { ["noEffect"] = true } : [];
                return SendAsync(common, line, $"api/v1/{path}/{Uri.EscapeDataString(line.GetValue(id)!)}/cancel", body, cancellationToken);
            }
        );
        return command;
    }

    static Command Timer(string path, string what)
    {
        var (id, common) = (new Argument<string>($"{what}-id"), new CommonOptions());
        var due = new Option<DateTimeOffset?>("--due") { Description = "When it is to fire; in the past means now", HelpName = "time" };
        var now = new Option<bool>("--now") { Description = "Now" };
        var none = new Option<bool>("--remove") { Description = "Remove the timer; a call that loses its next try is suspended" };
        var command = new Command("timer", $"Move the {what}'s timer, or remove it") { id, due, now, none };
        common.AddTo(command);
        command.Validators.Add(line =>
        {
            if ((line.GetResult(due) is null ? 0 : 1) + (line.GetValue(now) ? 1 : 0) + (line.GetValue(none) ? 1 : 0) != 1)
                line.AddError("Say one of --due, --now and --remove");
        });
        command.SetAction(
            (line, cancellationToken) =>
            {
                var body = new Dictionary<string, object?>
                {
                    ["dueAt"] = line.GetValue(now) ? TimeProvider.System.GetUtcNow() : line.GetValue(due),
                    ["cancel"] = line.GetValue(none),
                };
                return SendAsync(common, line, $"api/v1/{path}/{Uri.EscapeDataString(line.GetValue(id)!)}/timer", body, cancellationToken);
            }
        );
        return command;
    }

    static Command Correct(string path, string what)
    {
        var (id, common) = (new Argument<string>($"{what}-id"), new CommonOptions());
        var collector = new Option<string?>("--collector") { Description = "AIR MILES number, 11 digits", HelpName = "number" };
        var location = new Option<string?>("--location") { Description = "Location code", HelpName = "code" };
        var device = new Option<string?>("--device") { Description = "Terminal", HelpName = "id" };
        var offers = new Option<string[]>("--offer")
        {
            Description = "CODE=MILES or CODE/OFFER-ID=MILES; all offers, in place of those there were",
            HelpName = "offer",
        };
        var command = new Command("correct", "Send a corrected revision of a rejected call; what is not given stays as it was")
        {
            id,
            collector,
            location,
            device,
            offers,
        };
        common.AddTo(command);
        command.SetAction(
            (line, cancellationToken) =>
            {
                var body = new Dictionary<string, object?>
                {
                    ["collectorNumber"] = line.GetValue(collector),
                    ["locationCode"] = line.GetValue(location),
                    ["deviceId"] = line.GetValue(device),
                };
                if (line.GetValue(offers) is { Length: > 0 } given)
                {
                    var read = given.Select(Offer).ToList();
                    if (read.FindIndex(offer => offer is null) is >= 0 and var wrong)
                        return Task.FromResult(
                            new Output(line.GetValue(common.Json)).Fail($"--offer {given[wrong]}: write CODE=MILES or CODE/OFFER-ID=MILES")
                        );
                    body["offers"] = read;
                }
                return SendAsync(
                    common,
                    line,
                    $"api/v1/{path}/{Uri.EscapeDataString(line.GetValue(id)!)}/correct",
                    body,
                    cancellationToken
                );
            }
        );
        return command;
    }

    static object? Offer(string text)
    {
        var parts = text.Split('=');
        if (parts.Length != 2 || !int.TryParse(parts[1], System.Globalization.CultureInfo.InvariantCulture, out var miles))
            return null;
        var name = parts[0].Split('/', 2);
        return new
        {
            issuanceOfferCode = name[0],
            milesAmount = miles,
            offerId = name.Length > 1 ? name[1] : null,
        };
    }

    static async Task<int> SendAsync(
        CommonOptions common,
        ParseResult line,
        string path,
        Dictionary<string, object?> body,
        CancellationToken cancellationToken
    )
    {
        var output = new Output(line.GetValue(common.Json));
        (body["reason"], body["operationId"]) = (line.GetValue(common.Reason), line.GetValue(common.Operation));
        try
        {
            using var answer = JsonDocument.Parse(
                await OpsSite.Of(line.GetValue(common.Address), line.GetValue(common.Key)).PostAsync(path, body, cancellationToken)
            );
            return output.Succeed(
                answer.RootElement,
                () =>
                    Console.WriteLine(
                        $"Done: {answer.RootElement.GetProperty("state").GetString()} "
                            + $"(operation {answer.RootElement.GetProperty("operationId").GetString()})"
                    )
            );
        }
        catch (OpsRefusedException exception)
        {
            return output.Fail(exception.Message);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException)
        {
            return output.Fail(OpsSite.Unreadable);
        }
    }

    sealed class CommonOptions
    {
        public Option<string> Reason { get; } =
            new("--reason")
            {
                Description = "Why; kept with the order",
                Required = true,
                HelpName = "words",
            };
        public Option<Guid?> Operation { get; } =
            new("--operation") { Description = "Id of the decision, to retry it safely [a new one]", HelpName = "uuid" };
        public Option<string?> Address { get; } = OpsSite.AddressOption();
        public Option<string?> Key { get; } = OpsSite.KeyOption();
        public Option<bool> Json { get; } = Output.JsonOption();

        public void AddTo(Command command)
        {
            foreach (var option in (Option[])[Reason, Operation, Address, Key, Json])
                command.Options.Add(option);
        }
    }
}
