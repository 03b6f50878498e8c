using System.Text;
using System.Text.Json.Nodes;

namespace Loyalty.Messaging.ContractTests.Contracts;

/// <summary>A body that commerce or a shop might send, and what becomes of it.</summary>
/// <param name="Event">Which it is, as its folder under contracts/events is named.</param>
/// <param name="Name">Unique; says what the body is.</param>
/// <param name="OnlyTheReader">The rule that it breaks and a schema cannot say, as contracts/README.md words it; null when schema and
/// reader agree.</param>
internal sealed record Case(string Event, string Name, byte[] Body, bool Accepted, string? OnlyTheReader = null);

/// <summary>
/// What is accepted and refused, one small change of an example at a time. Reader, schema and <c>loyalty validate</c> are asked about all
/// of it.
/// </summary>
internal static class Cases
{
    const string Nul = @"""a\u0000b""";
    const string Escape = @"""\u001b[2J""";
    const string C1 = @"""\u009b2J""";
    const string Lines = @"""left\tside\r\nright side""";
    const string HalfPair = @"""\ud800""";

    const string Places = "at most 6 decimal places, and 2 in an inquiry's `amount`";
    const string Dates = "dates that exist";
    const string LineIdOnce = "a `lineId` at most once in an event";
    const string OfferOnce = "an offer (`issuanceOfferCode` and `offerId`) at most once in an order";
    const string LineIdsAmongLines = "`lineIds` that are among the `lines`";
    const string Nesting = "at most 32 levels of nesting";
    const string NamedOnce = "a field at most once in its object";
    public const string WholePairs = "no half of a surrogate pair";

    static readonly string Long64 = new('a', 64);
    static readonly string Emoji64 = string.Concat(Enumerable.Repeat("😀", 64));

    public static IReadOnlyList<Case> All { get; } = [.. Keys(), .. Instants(), .. Orders(), .. Refunds(), .. Inquiries(), .. Bodies()];

    /// <summary>The rules that a schema cannot say.</summary>
    public static IReadOnlyList<string> OnlyTheReader { get; } =
    [Places, Dates, LineIdOnce, OfferOnce, LineIdsAmongLines, Nesting, NamedOnce, WholePairs];

    static IEnumerable<Case> Keys() =>
        ((string[])["order-completed:orderId", "order-refunded:orderId", "order-refunded:refundId"]).SelectMany(at =>
            Of(
                at,
                accepted: [Quoted(Long64), "\"a.B_1:/-\"", "\"...\"", "\".a\"", "\"-\""],
                refused:
                [
                    null,
                    "null",
                    "7",
                    "\"\"",
                    "\"a b\"",
                    Quoted(Long64 + "a"),
                    "\"a\\n\"",
                    "\".\"",
                    "\"..\"",
                    "\".\\n\"",
                    "\"é\"",
                    "\"a\\u0000\"",
                    HalfPair,
                ]
            )
        );

    static IEnumerable<Case> Instants() =>
        ((string[])["order-completed:completedAt", "order-refunded:refundedAt"]).SelectMany(at =>
            Of(
                at,
                accepted:
                [
                    "\"2026-11-21T15:04Z\"",
                    "\"2026-11-21T15:04:05.123456789-0500\"",
                    "\"2024-02-29T00:00:00+14:00\"",
                    "\"2026-01-31T23:59:59-13:59\"",
                ],
                refused:
                [
                    null,
                    "null",
                    "\"2026-11-21T15:04:05\"",
                    "\"2026-11-21\"",
                    "\"2026-11-21T15:04:05.1234567890Z\"",
                    "1763000000",
                    "\"2026-11-21T15:04:05Z\\n\"",
                    "\"2026-11-21 15:04:05Z\"",
                    "\"2026-13-01T00:00:00Z\"",
                    "\"2026-00-10T00:00:00Z\"",
                    "\"2026-01-32T00:00:00Z\"",
                    "\"2026-01-00T00:00:00Z\"",
                    "\"2026-01-01T24:00:00Z\"",
                    "\"2026-01-01T23:60:00Z\"",
                    "\"2026-01-01T23:59:60Z\"",
                    "\"2026-01-01T00:00:00+14:01\"",
                    "\"2026-01-01T00:00:00-15:00\"",
                    "\"2026-01-01T00:00:00+01:60\"",
                    "\"0001-01-01T00:00:00Z\"",
                    "\"1999-12-31T23:59:59Z\"",
                    "\"2100-01-01T00:00:00Z\"",
                    HalfPair,
                ],
                onlyTheReader: (Dates, ["\"2026-02-30T00:00:00Z\"", "\"2025-02-29T00:00:00Z\"", "\"2026-04-31T00:00:00Z\""])
            )
        );

    static IEnumerable<Case> Orders() =>
        [
            .. Of(
                "order-completed:eventId",
                accepted: [null, "null", Quoted(Long64), "\"\"", Quoted(Emoji64)],
                refused: ["7", Quoted(Long64 + "a"), Quoted(Emoji64 + "a"), Nul]
            ),
            .. Of(
                "order-completed:collectorNumber",
                accepted: ["\"80000000000\""],
                refused:
                [
                    null,
                    "80085102028",
                    "\"8008510202\"",
                    "\"70085102028\"",
                    "\"800851020288\"",
                    "\"80085102028\\n\"",
                    "\"8008510202٨\"",
                ]
            ),
            .. Of(
                "order-completed:sponsorCode",
                accepted: [null, "null", "\"ABCD1234\""],
                refused: ["\"\"", "\"ABCD12345\"", "\"AB-1\"", "\"KENY\\n\""]
            ),
            .. Of(
                "order-completed:locationCode",
                accepted: ["\"1\""],
                refused: [null, "null", "37", "\"\"", "\"123456789\"", "\"0037\\n\"", "\"00\\u000037\""]
            ),
            .. Of("order-completed:deviceId", accepted: [null, Quoted(Long64), Lines], refused: [Quoted(Long64 + "a"), Nul, C1]),
            .. Of("order-completed:currency", accepted: [null, "\"USD\""], refused: ["\"cad\"", "\"CADX\"", "\"CAD\\n\""]),
            .. Of(
                "order-completed:coupons",
                accepted: [null, "null", "[]", $"[{Quoted(Long64)}]", $"[{Quoted(Emoji64)}]", Many(100, "\"c\"")],
                refused: ["[\"\"]", "[1]", "[null]", "\"c\"", Many(101, "\"c\""), $"[{Nul}]", $"[{Escape}]", $"[{Quoted(Long64 + "a")}]"],
                onlyTheReader: (WholePairs, [$"[{HalfPair}]"])
            ),
            .. Of(
                "order-completed:context",
                accepted: [null, "{}", $$"""{"k":"{{new string('v', 1024)}}"}""", $$"""{"k":{{Lines}}}""", """{"":""}"""],
                refused:
                [
                    "[]",
                    """{"k":1}""",
                    """{"k":null}""",
                    $$"""{"k":"{{new string('v', 1025)}}"}""",
                    $$"""{"{{Long64}}k":"v"}""",
                    $$"""{"k":{{Nul}}}""",
                    $$"""{"k":{{Escape}}}""",
                    $$"""{{{Nul}}:"v"}""",
                    $$"""{{{C1}}:"v"}""",
                    $$"""{{{string.Join(',', Enumerable.Range(0, 51).Select(key => $"\"{key}\":\"v\""))}}}""",
                ],
                onlyTheReader: (WholePairs, [$$"""{"k":{{HalfPair}}}""", $$"""{{{HalfPair}}:"v"}"""])
            ),
            .. Of(
                "order-completed:lines",
                accepted: [],
                refused: [null, "null", "[]", "{}", "[1]", "[null]", Many(1001, """{"lineId":"1","quantity":1,"amount":1}""")],
                onlyTheReader: (LineIdOnce, [Many(2, """{"lineId":"1","quantity":1,"amount":1}""")])
            ),
            .. Of("order-completed:lines.0.lineId", accepted: ["\"é\""], refused: [null, "\"\"", "1", Quoted(Long64 + "a"), Nul]),
            .. Of(
                "order-completed:lines.0.sku",
                accepted: [null, "\"\"", Lines],
                refused: ["1", Quoted(Long64 + "a"), Nul, Escape, C1],
                onlyTheReader: (WholePairs, [HalfPair])
            ),
            .. Of("order-completed:lines.0.category", accepted: [null], refused: ["1", Quoted(Long64 + "a"), Nul]),
            .. Of(
                "order-completed:lines.0.quantity",
                accepted: ["0.5", "10000000", "2.000000", "1e-6", "2E0"],
                refused: [null, "0", "0e-400", "-1", "-1e-400", "10000000.5", "\"2\"", "1e400"],
                onlyTheReader: (Places, ["1E-7"])
            ),
            .. Of(
                "order-completed:lines.0.amount",
                accepted: ["0", "-0", "0.000000000", "0e-400", "10000000", "1e7", "163.98000000000000000000000000000000000000"],
                refused: [null, "-0.01", "10000001", "\"2\"", "1e400", "NaN"],
                onlyTheReader: (
                    Places,
                    ["1E-7", "1e-400", "0.0000001", "163.98000000000000000000000000000000000001", "1e-99999999999999999999"]
                )
            ),
            .. Of(
                "order-completed:issuances",
                accepted:
                [
                    null,
                    "[]",
                    Offer(),
                    Offer("\"offerId\":12"),
                    Offer("\"offerId\":12.0"),
                    Offer("\"offerId\":1e2"),
                    Offer("\"offerId\":9223372036854775807"),
                    Offer("\"offerId\":\"x\""),
                    Offer("\"lineIds\":[\"1\"]"),
                    Offer("\"lineIds\":null"),
                    Offer("\"lineIds\":[]"),
                    """[{"issuanceOfferCode":"A","milesAmount":1.0}]""",
                ],
                refused:
                [
                    "{}",
                    "[{}]",
                    "[null]",
                    Offer("\"offerId\":1.5"),
                    Offer("\"offerId\":99999999999999999999"),
                    Offer($"\"offerId\":{Nul}"),
                    Offer("\"offerDescription\":1"),
                    Offer($"\"offerDescription\":{Nul}"),
                    Offer($"\"lineIds\":[{Nul}]"),
                    Offer("\"lineIds\":[\"\"]"),
                    Many(51, Offer()[1..^1]),
                    """[{"issuanceOfferCode":"A","milesAmount":0}]""",
                    """[{"issuanceOfferCode":"A","milesAmount":1.5}]""",
                    """[{"issuanceOfferCode":"","milesAmount":1}]""",
                    """[{"issuanceOfferCode":"A\u0000","milesAmount":1}]""",
                ],
                onlyTheReader: (OfferOnce, [Many(2, Offer()[1..^1])])
            ),
            .. Of(
                "order-completed:issuances",
                accepted: [],
                refused: [],
                onlyTheReader: (LineIdsAmongLines, [Offer("\"lineIds\":[\"2\"]")])
            ),
            .. Of("order-completed:unknown", accepted: ["{\"any\":[1]}", Nul, Deep(30)], refused: [], onlyTheReader: (Nesting, [Deep(32)])),
            .. Of("order-completed:specversion", accepted: ["\"1.0\""], refused: []),
        ];

    static IEnumerable<Case> Refunds() =>
        [
            .. Of(
                "order-refunded:lines",
                accepted: ["[{\"lineId\":\"1\"}]", "[{\"lineId\":\"1\",\"amount\":3}]"],
                refused: [null, "[]", "[{}]", "[{\"lineId\":\"1\",\"quantity\":0}]", $"[{{\"lineId\":{Nul}}}]"],
                onlyTheReader: (LineIdOnce, ["[{\"lineId\":\"1\"},{\"lineId\":\"1\"}]"])
            ),
            .. Of("order-refunded:lines.0.amount", accepted: ["0"], refused: ["-1"], onlyTheReader: (Places, ["1e-400"])),
            .. Of("order-refunded:full", accepted: [null, "null", "false"], refused: ["true", "1"]),
            .. Of("order-refunded:issuances", accepted: [null, "[]"], refused: [Offer()]),
            .. Of(
                "order-refunded:reason",
                accepted: [null, Quoted(new string('r', 256)), Lines],
                refused: ["1", Quoted(new string('r', 257)), Nul, Escape, C1],
                onlyTheReader: (WholePairs, [HalfPair])
            ),
        ];

    static IEnumerable<Case> Inquiries() =>
        [
            .. Of(
                "inquire-balance:collectorNumber",
                accepted: ["\"80000000000\""],
                refused: [null, "null", "80085102028", "\"8008510202\"", "\"800851020288\"", "\"80085102028\\n\""]
            ),
            .. Of(
                "inquire-balance:amount",
                accepted: ["0", "16", "16.1", "10000000", "\"16.12\"", "\"7\"", "\"16.1000\"", "\"10000000.00\"", "\"007\""],
                refused:
                [
                    null,
                    "null",
                    "-1",
                    "10000001",
                    "\"-1\"",
                    "\"1.234\"",
                    "\"\"",
                    "\"1,5\"",
                    "true",
                    "\"10000000.01\"",
                    "\"99999999\"",
                    "\".5\"",
                    "\"5.\"",
                    "\"1e2\"",
                    "\"16.12\\n\"",
                ],
                onlyTheReader: (Places, ["16.123", "1e-400"])
            ),
            .. Of(
                "inquire-balance:cardEntryMode",
                accepted: ["\"SWIPE\"", "\"SCAN\"", "\"PREREGISTERED\""],
                refused: [null, "\"KEYED\"", "\"scan\"", "1", "\"SCAN\\n\""]
            ),
            .. Of("inquire-balance:instantMessage", accepted: [null, "null", "\"fr-CA\""], refused: ["\"french\"", "1", "\"fr-CA\\n\""]),
            .. Of("inquire-balance:sponsorCode", accepted: [null, "\"KENY\""], refused: ["\"\"", "\"ABCD12345\""]),
            .. Of(
                "inquire-balance:storeId",
                accepted: [null, "null", Quoted(Long64)],
                refused: ["\"\"", "\" \"", "\"\\t\\r\\n\"", "37", Quoted(Long64 + "a"), Nul]
            ),
            .. Of("inquire-balance:deviceId", accepted: [null, Quoted(Long64)], refused: ["\"\"", Quoted(Long64 + "a"), Escape]),
            .. Of("inquire-balance:unknown", accepted: ["1"], refused: []),
        ];

    /// <summary>What is wrong, or unusual, with the bytes and not with a field.</summary>
    static IEnumerable<Case> Bodies()
    {
        foreach (var name in (string[])["order-completed", "order-refunded", "inquire-balance"])
        {
            var text = Example(name);
            foreach (
                var body in (string[])
                    [
                        "",
                        " ",
                        "{",
                        "[]",
                        "\"text\"",
                        "null",
                        "this is no JSON",
                        "{'a':1}",
                        "{\"a\":1,}",
                        "{\"a\":1} {}",
                        "{\"a\":1} // comment",
                        text + "x",
                    ]
            )
                yield return new(
                    name,
                    $"{name} is {(body.Length > 40 ? "followed by something" : body)}",
                    Encoding.UTF8.GetBytes(body),
                    false
                );
            yield return new(
                name,
                $"{name} in UTF-8 with a byte order mark",
                [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(text)],
                true
            );
            foreach (var encoding in (Encoding[])[Encoding.Unicode, Encoding.BigEndianUnicode, Encoding.UTF32])
            {
                yield return new(name, $"{name} in {encoding.WebName}", encoding.GetBytes(text), false);
                yield return new(
                    name,
                    $"{name} in {encoding.WebName} with a byte order mark",
                    [.. encoding.GetPreamble(), .. encoding.GetBytes(text)],
                    false
                );
            }
            // In a field that is not known as well: bytes that are no text could hide anything.
            yield return new(name, $"{name} in Latin-1", Encoding.Latin1.GetBytes(text.Insert(1, "\"unknown\":\"é\",")), false);
            var first = text[1..(text.IndexOf(',', StringComparison.Ordinal) + 1)];
            yield return new(name, $"{name} with its first field twice", Encoding.UTF8.GetBytes(text.Insert(1, first)), false, NamedOnce);
            yield return new(
                name,
                $"{name} with its first field twice, escaped once",
                Encoding.UTF8.GetBytes(text.Insert(1, Escaped(first))),
                false,
                NamedOnce
            );
            yield return new(
                name,
                $"{name} with a field twice that is not known",
                Encoding.UTF8.GetBytes(text.Insert(1, "\"unknown\":{\"a\":1,\"a\":1},")),
                false,
                NamedOnce
            );
            yield return new(
                name,
                $"{name} with half a surrogate pair in a name",
                Encoding.UTF8.GetBytes(text.Insert(1, $"{HalfPair}:1,")),
                false,
                WholePairs
            );
        }
        var order = Example("order-completed");
        yield return new(
            "order-completed",
            "order-completed with an amount twice",
            Encoding.UTF8.GetBytes(order.Replace("\"quantity\"", "\"amount\":163.98,\"quantity\"", StringComparison.Ordinal)),
            false,
            NamedOnce
        );
        yield return new(
            "order-completed",
            "order-completed with a note twice",
            Encoding.UTF8.GetBytes(order.Replace("\"channel\"", "\"channel\":\"web\",\"channel\"", StringComparison.Ordinal)),
            false,
            NamedOnce
        );
    }

    /// <param name="at">Event and field; a number in it is an index.</param>
    /// <param name="accepted">What may stand there, as JSON; null takes the field out.</param>
    /// <param name="refused">What may not, by reader and schema alike.</param>
    static IEnumerable<Case> Of(string at, string?[] accepted, string?[] refused, (string Rule, string?[] Values) onlyTheReader = default)
    {
        var (name, field) = (at.Split(':')[0], at.Split(':')[1]);
        return accepted
            .Select(value => With(value, true, null))
            .Concat(refused.Select(value => With(value, false, null)))
            .Concat((onlyTheReader.Values ?? []).Select(value => With(value, false, onlyTheReader.Rule)));

        Case With(string? value, bool isAccepted, string? rule) =>
            new(
                name,
                $"{at} {(value is null ? "taken out" : $"is {Short(value)}")}",
                Encoding.UTF8.GetBytes(Put(name, field.Split('.'), value)),
                isAccepted,
                rule
            );
    }

    /// <summary>As text: no JSON library need be able to hold what is put there.</summary>
    static string Put(string name, ReadOnlySpan<string> path, string? value)
    {
        const string place = "\"here it goes\"";
        var example = JsonNode.Parse(Example(name))!;
        var node = example;
        for (; path.Length > 1; path = path[1..])
            node = int.TryParse(path[0], out var index) ? node[index]! : node[path[0]]!;
        if (value is null)
            node.AsObject().Remove(path[0]);
        else
            node[path[0]] = JsonNode.Parse(place);
        return example.ToJsonString().Replace(place, value, StringComparison.Ordinal);
    }

    static string Example(string name) => JsonNode.Parse(Approved.Read($"contracts/events/{name}/v1/example.json"))!.ToJsonString();

    static string Short(string value) => value.Length <= 100 ? value : $"{value[..40]}… ({value.Length})";

    static string Quoted(string text) => $"\"{text}\"";

    static string Many(int count, string item) => $"[{string.Join(',', Enumerable.Repeat(item, count))}]";

    static string Offer(string? more = null) => $$"""[{"issuanceOfferCode":"A","milesAmount":1{{(more is null ? "" : "," + more)}}}]""";

    static string Deep(int levels) => new string('[', levels) + new string(']', levels);

    /// <summary>The same member, its name begun with an escape.</summary>
    static string Escaped(string member) => $"\"\\u{(int)member[1]:x4}{member[2..]}";
}
