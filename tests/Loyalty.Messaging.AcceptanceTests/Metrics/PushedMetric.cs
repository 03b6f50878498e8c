using System.Text;

namespace Loyalty.Messaging.AcceptanceTests.Metrics;

/// <summary>A metric as it is pushed over OTLP: whose it is, what it is called and counted in. The rest is skipped.</summary>
/// <param name="Of">The resource's <c>service.name</c>.</param>
internal sealed record PushedMetric(string Of, string Meter, string Name, string Unit)
{
    /// <param name="request">An <c>ExportMetricsServiceRequest</c>.</param>
    public static IEnumerable<PushedMetric> In(byte[] request) =>
        from resourceMetrics in Parts(request, 1)
        let of = Parts(resourceMetrics, 1)
            .SelectMany(resource => Parts(resource, 1))
            .Where(attribute => Text(attribute, 1) == "service.name")
            .Select(attribute => Text(Parts(attribute, 2).Single(), 1))
            .FirstOrDefault("")
        from scopeMetrics in Parts(resourceMetrics, 2)
        let meter = Text(Parts(scopeMetrics, 1).Single(), 1)
        from metric in Parts(scopeMetrics, 2)
        select new PushedMetric(of, meter, Text(metric, 1), Text(metric, 3));

    static string Text(byte[] message, int field) => Encoding.UTF8.GetString(Parts(message, field).FirstOrDefault([]));

    /// <summary>Of a protobuf message what a field of variable length holds, each time it is there.</summary>
    static IEnumerable<byte[]> Parts(byte[] message, int field)
    {
        for (var at = 0; at < message.Length; )
        {
            var tag = Number(message, ref at);
            var length = (tag & 7) switch
            {
                0 => Skipped(message, ref at),
                1 => 8,
                2 => (int)Number(message, ref at),
                5 => 4,
                var type => throw new InvalidDataException($"wire type {type}"),
            };
            if ((tag & 7) == 2 && (int)(tag >> 3) == field)
                yield return message[at..(at + length)];
            at += length;
        }
    }

    static int Skipped(byte[] message, ref int at)
    {
        Number(message, ref at);
        return 0;
    }

    static ulong Number(byte[] message, ref int at)
    {
        var number = 0ul;
        for (var shift = 0; ; shift += 7)
        {
            var part = message[at++];
            number |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80)
                return number;
        }
    }
}
