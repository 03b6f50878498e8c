using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Loyalty.Messaging.Cli.Ops;
using Loyalty.Messaging.Contracts;

namespace Loyalty.Messaging.Cli.Commands;

/// <summary><c>loyalty inquire</c>: a collector's balances, as a shop would be told them.</summary>
internal static class InquireCommand
{
    public static Command Create()
    {
        var collector = new Option<string>("--collector")
        {
            Description = "AIR MILES number, 11 digits",
            Required = true,
            HelpName = "number",
        };
        var amount = new Option<decimal>("--amount")
        {
            Description = "The basket after tax, in dollars",
            Required = true,
            HelpName = "dollars",
        };
        var entry = new Option<string>("--entry") { Description = "How the card was read [SCAN]", DefaultValueFactory = _ => "SCAN" };
        entry.AcceptOnlyFromAmong([.. BalanceInquiries.CardEntryModes]);
        var language = new Option<string?>("--language") { Description = "Of the issuer's message [en-CA]", HelpName = "language" };
        var store = new Option<string?>("--store") { Description = "Store in place of AirMiles__StoreId", HelpName = "id" };
        var device = new Option<string?>("--device") { Description = "Terminal in place of AirMiles__DeviceId", HelpName = "id" };
        var (address, key, json) = (OpsSite.AddressOption(), OpsSite.KeyOption(), Output.JsonOption());
        var command = new Command("inquire", "A collector's balances and what may be redeemed (INQUIRE)")
        {
            collector,
            amount,
            entry,
            language,
            store,
            device,
            address,
            key,
            json,
        };
        command.SetAction(
            (line, cancellationToken) =>
                RunAsync(
                    OpsSite.Of(line.GetValue(address), line.GetValue(key)),
                    new InquireBalance
                    {
                        CollectorNumber = line.GetValue(collector)!,
                        Amount = line.GetValue(amount),
                        CardEntryMode = line.GetValue(entry)!,
                        InstantMessage = line.GetValue(language),
                        StoreId = line.GetValue(store),
                        DeviceId = line.GetValue(device),
                    },
                    new Output(line.GetValue(json)),
                    cancellationToken
                )
        );
        return command;
    }

    static async Task<int> RunAsync(OpsSite ops, InquireBalance inquiry, Output output, CancellationToken cancellationToken)
    {
        try
        {
            var answer = JsonSerializer.Deserialize<BalanceInquired>(
                await ops.PostAsync("api/v1/inquire", inquiry, cancellationToken),
                JsonSerializerOptions.Web
            )!;
            return output.Succeed(answer, () => Print(answer));
        }
        catch (OpsRefusedException exception)
        {
            return output.Fail(exception.Message, new { error = exception.Message, inquiry = InquiryIn(exception.Body) });
        }
        catch (JsonException)
        {
            return output.Fail(OpsSite.Unreadable);
        }
    }

    static void Print(BalanceInquired answer)
    {
        Console.WriteLine($"Collector *******{answer.CollectorLast4}: {answer.ResponseCode} {answer.Meaning} (trace {answer.TraceId})");
        if (answer.Display.BalancesOnReceipt)
        {
            Console.WriteLine("On the receipt alone, never on the terminal:");
            Line("Cash miles", answer.CashBalance);
            Line("Dream miles", answer.DreamBalance);
            Line("Cash miles left today", answer.AvailableCashBalance);
            Line("Dollars left today", answer.AvailableDollarAmount);
        }
        else
        {
            Console.WriteLine("Balances must not be shown");
        }
        Console.WriteLine(
            answer.Offer is { } offer
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"Redemption may be offered: {offer.AvailableUnits} units of {offer.UnitMiles} miles for {offer.UnitDollars} "
                        + $"dollars ({offer.OfferType} {offer.OfferId})"
                )
                : "Redemption must not be offered"
        );
    }

    static void Line(string name, decimal? value)
    {
        if (value is not null)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {name}: {value}"));
    }

    /// <summary>The failed inquiry in the site's problem, when there is one.</summary>
    static JsonElement? InquiryIn(string? problem)
    {
        if (problem is null)
            return null;
        try
        {
            using var document = JsonDocument.Parse(problem);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("inquiry", out var inquiry)
                ? inquiry.Clone()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
