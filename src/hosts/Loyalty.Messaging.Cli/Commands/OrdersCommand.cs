using System.CommandLine;
using System.Text.Json;
using Loyalty.Messaging.Cli.Ops;
using Loyalty.Messaging.Store.Orders;

namespace Loyalty.Messaging.Cli.Commands;

/// <summary><c>loyalty orders show ORDER-ID</c>: what became of an order.</summary>
internal static class OrdersCommand
{
    public static Command Create()
    {
        var command = new Command("orders", "Orders and their miles") { List(), Show() };
        foreach (var decision in DecisionCommands.For("orders", "order"))
            command.Subcommands.Add(decision);
        return command;
    }

    static Command List()
    {
        var (cursor, limit) = (DeadLettersCommand.CursorOption(), DeadLettersCommand.LimitOption());
        var state = new Option<string?>("--state") { Description = "Names of states, separated by commas", HelpName = "states" };
        var what = new Option<string?>("--what") { Description = "issue or reverse [both]", HelpName = "kind" };
        var stuck = new Option<bool>("--stuck") { Description = "Only those stuck in their state" };
        var day = new Option<DateOnly?>("--day") { Description = "Transaction day", HelpName = "day" };
        var id = new Option<string?>("--q") { Description = "A whole order id, refund id or clientTransactionId", HelpName = "id" };
        var collector = new Option<string?>("--collector")
        {
            Description = "AIR MILES number; sent in the body, never in an address",
            HelpName = "number",
        };
        var from = new Option<DateTimeOffset?>("--from") { Description = "In this state since this time or later", HelpName = "time" };
        var to = new Option<DateTimeOffset?>("--to") { Description = "In this state since before this time", HelpName = "time" };
        return OpsVerb.Of(
            "list",
            "Orders and refunds, the newest change of state first",
            [state, what, stuck, day, id, collector, from, to, cursor, limit],
            (line, site, token) =>
                line.GetValue(collector) is { } number
                    ? site.PostAsync(
                        "api/v1/orders/search",
                        new Dictionary<string, object?>
                        {
                            ["q"] = number,
                            ["cursor"] = line.GetValue(cursor),
                            ["limit"] = line.GetValue(limit),
                        },
                        token
                    )
                    : site.GetAsync(
                        OpsVerb.Path(
                            "api/v1/orders",
                            ("state", line.GetValue(state)),
                            ("kind", line.GetValue(what)),
                            ("stuck", line.GetValue(stuck)),
                            ("day", line.GetValue(day)),
                            ("q", line.GetValue(id)),
                            ("from", line.GetValue(from)),
                            ("to", line.GetValue(to)),
                            ("cursor", line.GetValue(cursor)),
                            ("limit", line.GetValue(limit))
                        ),
                        token
                    ),
            page =>
            {
                OpsVerb.Table(
                    page.GetProperty("orders").EnumerateArray(),
                    ("Order", order => order.Text("orderId")),
                    ("Refund", order => order.Text("refundId")),
                    ("State", order => $"{order.Text("state")}{(order.Text("stuck") == "true" ? " (stuck)" : "")}"),
                    ("Since (UTC)", order => order.Instant("since")),
                    ("Miles", order => order.Text("miles")),
                    ("Collector", order => order.Text("collector")),
                    ("Reason", order => order.Text("reason"))
                );
                OpsVerb.More(page);
            }
        );
    }

    static Command Show()
    {
        var orderId = new Argument<string>("order-id");
        var (address, key, json) = (OpsSite.AddressOption(), OpsSite.KeyOption(), Output.JsonOption());
        var command = new Command("show", "What became of an order and its refunds, with everything that happened")
        {
            orderId,
            address,
            key,
            json,
        };
        command.SetAction(
            (line, cancellationToken) =>
                ShowAsync(
                    OpsSite.Of(line.GetValue(address), line.GetValue(key)),
                    line.GetValue(orderId)!,
                    new Output(line.GetValue(json)),
                    cancellationToken
                )
        );
        return command;
    }

    static async Task<int> ShowAsync(OpsSite ops, string orderId, Output output, CancellationToken cancellationToken)
    {
        try
        {
            var body = await ops.GetAsync($"api/v1/orders/{Uri.EscapeDataString(orderId)}", cancellationToken);
            // The site's own document, whole: a newer site may say more than this version knows.
            using var document = JsonDocument.Parse(body);
            return output.Succeed(
                document.RootElement,
                () => OrderPage.Print(JsonSerializer.Deserialize<OrderView>(body, JsonSerializerOptions.Web)!)
            );
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
