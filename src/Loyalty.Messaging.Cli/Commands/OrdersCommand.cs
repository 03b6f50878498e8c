using System.CommandLine;
using System.Text.Json;
using Loyalty.Messaging.Cli.Ops;
using Loyalty.Messaging.Persistence.Queries;

namespace Loyalty.Messaging.Cli.Commands;

/// <summary><c>loyalty orders show ORDER-ID</c>: what became of an order.</summary>
internal static class OrdersCommand
{
    public static Command Create()
    {
        var command = new Command("orders", "Orders and their miles") { Show() };
        foreach (var decision in DecisionCommands.For("orders", "order"))
            command.Subcommands.Add(decision);
        return command;
    }

    static Command Show()
    {
        var orderId = new Argument<string>("order-id");
        var (address, key, json) = (OpsSite.AddressOption(), OpsSite.KeyOption(), Output.JsonOption());
        var command = new Command("show", "What became of an order and its refunds, with everything that happened") { orderId, address, key, json };
        command.SetAction((line, cancellationToken) =>
            ShowAsync(OpsSite.Of(line.GetValue(address), line.GetValue(key)), line.GetValue(orderId)!, new Output(line.GetValue(json)), cancellationToken));
        return command;
    }

    static async Task<int> ShowAsync(OpsSite ops, string orderId, Output output, CancellationToken cancellationToken)
    {
        try
        {
            var body = await ops.GetAsync($"api/v1/orders/{Uri.EscapeDataString(orderId)}", cancellationToken);
            // The site's own document, whole: a newer site may say more than this version knows.
            using var document = JsonDocument.Parse(body);
            return output.Succeed(document.RootElement, () => OrderPage.Print(JsonSerializer.Deserialize<OrderView>(body, JsonSerializerOptions.Web)!));
        }
        catch (OpsRefusedException exception)
        {
            return output.Fail(exception.Message);
        }
        catch (JsonException)
        {
            return output.Fail("What answered is not the ops site of this version: its answer cannot be read");
        }
    }
}
