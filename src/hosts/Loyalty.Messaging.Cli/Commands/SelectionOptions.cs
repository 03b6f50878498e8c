using System.CommandLine;

namespace Loyalty.Messaging.Cli.Commands;

/// <summary>Which dead letters.</summary>
internal sealed class SelectionOptions
{
    readonly Option<Guid[]> _ids = new("--id")
    {
        Description = "Only these",
        HelpName = "ids",
        AllowMultipleArgumentsPerToken = true,
    };
    readonly Option<bool> _everything = new("--all") { Description = "Everything that is open" };
    readonly Option<Guid?> _group = new("--group") { Description = "Given up for one cause", HelpName = "group" };
    readonly Option<string?> _text = new("--q") { Description = "Part of body, headers, reason, exception or an id", HelpName = "text" };
    readonly Option<string?> _endpoint = new("--endpoint") { Description = "Queue it was given up in", HelpName = "queue" };
    readonly Option<string?> _owner = new("--owner")
    {
        Description = "Who must act: commerce, issuer, configuration or us",
        HelpName = "who",
    };
    readonly Option<string?> _kind = new("--kind")
    {
        Description = "invalid, conflict, failed, skipped or delivery-limit",
        HelpName = "kind",
    };
    readonly Option<string?> _type = new("--type") { Description = "Message type", HelpName = "name" };
    readonly Option<string?> _order = new("--order") { Description = "Order id", HelpName = "id" };
    readonly Option<DateTimeOffset?> _from = new("--from") { Description = "Last given up at this time or later", HelpName = "time" };
    readonly Option<DateTimeOffset?> _to = new("--to") { Description = "Last given up before this time", HelpName = "time" };

    public IEnumerable<Symbol> Query => [_group, _text, _endpoint, _owner, _kind, _type, _order, _from, _to];

    public IEnumerable<Symbol> All => [_ids, _everything, .. Query];

    public IEnumerable<(string Name, object? Value)> Questions(ParseResult line) =>
        [
            ("group", line.GetValue(_group)),
            ("q", line.GetValue(_text)),
            ("endpoint", line.GetValue(_endpoint)),
            ("owner", line.GetValue(_owner)),
            ("kind", line.GetValue(_kind)),
            ("type", line.GetValue(_type)),
            ("order", line.GetValue(_order)),
            ("from", line.GetValue(_from)),
            ("to", line.GetValue(_to)),
        ];

    public Dictionary<string, object?> Body(ParseResult line) =>
        new()
        {
            ["ids"] = line.GetValue(_ids) is { Length: > 0 } ids ? ids : null,
            ["all"] = line.GetValue(_everything),
            ["group"] = line.GetValue(_group),
            ["q"] = line.GetValue(_text),
            ["endpoint"] = line.GetValue(_endpoint),
            ["owner"] = line.GetValue(_owner),
            ["kind"] = line.GetValue(_kind),
            ["type"] = line.GetValue(_type),
            ["orderId"] = line.GetValue(_order),
            ["from"] = line.GetValue(_from),
            ["to"] = line.GetValue(_to),
        };
}
