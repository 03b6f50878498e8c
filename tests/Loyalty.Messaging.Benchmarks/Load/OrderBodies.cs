using System.Buffers.Text;
using System.Text;

namespace Loyalty.Messaging.Benchmarks.Load;

/// <summary>
/// Orders and refunds as commerce publishes them: one line of 163.98, which earns 8 miles, and a refund of half of it. Made once; only the
/// digits of a number are written into a copy.
/// </summary>
internal sealed class OrderBodies(int series)
{
    public const int IdDigits = 7;
    const string IdMark = "#######";
    const string CollectorMark = "###########";

    readonly byte[] _order = Encoding.UTF8.GetBytes(
        $$$"""{"eventId":"E{{{series:00}}}-{{{IdMark}}}","orderId":"B{{{series:00}}}-{{{IdMark}}}","collectorNumber":"{{{CollectorMark}}}","completedAt":"2026-11-21T15:04:05.123-05:00","sponsorCode":"KENY","locationCode":"0037","deviceId":"POS-7","currency":"CAD","lines":[{"lineId":"1","sku":"SKU-1","category":"grocery","quantity":2,"amount":163.98}],"coupons":["SAVE10"],"context":{"channel":"web"}}"""
    );

    readonly byte[] _refund = Encoding.UTF8.GetBytes(
        $$$"""{"eventId":"F{{{series:00}}}-{{{IdMark}}}","refundId":"R{{{series:00}}}-{{{IdMark}}}","orderId":"B{{{series:00}}}-{{{IdMark}}}","refundedAt":"2026-11-22T09:00:00-05:00","lines":[{"lineId":"1","quantity":1}],"reason":"damaged"}"""
    );

    /// <summary>Every id of an order of this series or a later one is as large or larger, and smaller than a <c>C</c>.</summary>
    public static string FirstId(int series) => $"B{series:00}";

    public byte[] Order(int number)
    {
        var body = Numbered(_order, number);
        WriteCollector(body.AsSpan(body.AsSpan().IndexOf("#"u8)), number);
        return body;
    }

    public byte[] Refund(int number) => Numbered(_refund, number);

    /// <summary>The series and number of an order's or refund's id; null when it is nobody's of this load.</summary>
    public static (int Series, int Number)? Read(ReadOnlySpan<byte> id) =>
        id.Length == 4 + IdDigits
        && Utf8Parser.TryParse(id[1..3], out int series, out _)
        && Utf8Parser.TryParse(id[4..], out int number, out _)
            ? (series, number)
            : null;

    static byte[] Numbered(byte[] template, int number)
    {
        var body = template.AsSpan().ToArray();
        var rest = body.AsSpan();
        // Every id is followed by its quote; the collector number has more marks than an id.
        for (var at = rest.IndexOf("-#######\""u8); at >= 0; at = rest.IndexOf("-#######\""u8))
        {
            Utf8Formatter.TryFormat(number, rest[(at + 1)..], out _, new('D', IdDigits));
            rest = rest[(at + 1 + IdDigits)..];
        }
        return body;
    }

    /// <summary>A collector of its own for every order, with a right check digit: a wrong one would be noted in each journal.</summary>
    void WriteCollector(Span<byte> place, int number)
    {
        ReadOnlySpan<byte> weights = [6, 5, 4, 3, 8, 7, 6, 5, 4, 3];
        Utf8Formatter.TryFormat(8_000_000_000 + (series * 10_000_000L) + number, place, out _);
        var sum = 0;
        for (var index = 0; index < weights.Length; index++)
            sum += weights[index] * (place[index] - '0');
        var remainder = sum % 11;
        place[weights.Length] = (byte)('0' + (remainder < 2 ? 0 : 11 - remainder));
    }
}
