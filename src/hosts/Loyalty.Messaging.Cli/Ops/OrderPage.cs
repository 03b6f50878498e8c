using System.Globalization;
using Loyalty.Messaging.Store.Orders;
using Spectre.Console;

namespace Loyalty.Messaging.Cli.Ops;

/// <summary>An order for a person: what became of it, its refunds, and everything that happened.</summary>
internal static class OrderPage
{
    public static void Print(OrderView order)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings());
        // Through a pipe there is no width to fit into; lines must not be broken at 80 columns.
        if (Console.IsOutputRedirected)
            console.Profile.Width = 250;
        Header(console, order);
        if (order.Reversals.Count > 0)
            console.Write(Reversals(order));
        if (order.Timeline.Count > 0)
            console.Write(Timeline(order));
    }

    static void Header(IAnsiConsole console, OrderView order)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn();
        Line("Order", order.OrderId);
        Line("State", order.State);
        Line(
            "Miles",
            order.ReversedMiles == 0 ? Number(order.Miles) : $"{Number(order.Miles)}, of which {Number(order.ReversedMiles)} for refunds"
        );
        Line("Collector", order.Collector);
        Line("Sponsor", order.SponsorCode);
        Line("Completed", order.CompletedAt is { } completed ? Instant(completed) : null);
        Line("Transaction", Joined(order.ClientTransactionId, order.TransactionId));
        Line("Reason", Joined(order.ResponseCode, order.Reason));
        console.Write(grid);

        void Line(string name, string? value)
        {
            if (value is not null)
                grid.AddRow(new Text(name), new Text(value));
        }
    }

    static Table Reversals(OrderView order)
    {
        var table = TableOf("Refund", "State", "Miles", "Transaction", "Reason");
        foreach (var reversal in order.Reversals)
            Row(
                table,
                reversal.RefundId,
                reversal.State,
                Number(reversal.Miles),
                Joined(reversal.ClientTransactionId, reversal.TransactionId),
                Joined(reversal.ResponseCode, reversal.Reason)
            );
        return table;
    }

    static Table Timeline(OrderView order)
    {
        var table = TableOf("When (UTC)", "Refund", "What");
        foreach (var entry in order.Timeline)
            Row(table, Instant(entry.At), entry.RefundId, entry.Details?.LastFault is { } fault ? $"{entry.Text}: {fault}" : entry.Text);
        return table;
    }

    static Table TableOf(params string[] columns)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var column in columns)
            table.AddColumn(new TableColumn(new Text(column)) { NoWrap = column is "When (UTC)" or "State" });
        return table;
    }

    // As Text and not as markup: an id or a reason may hold square brackets.
    static void Row(Table table, params string?[] cells) => table.AddRow(cells.Select(cell => new Text(cell ?? "")));

    static string? Joined(string? first, string? second) =>
        first is null ? second
        : second is null ? first
        : $"{first} / {second}";

    static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    static string Instant(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);
}
