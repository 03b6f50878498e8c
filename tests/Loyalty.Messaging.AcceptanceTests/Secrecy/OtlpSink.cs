using System.Net;
using System.Text;
using Loyalty.Messaging.TestKit;

namespace Loyalty.Messaging.AcceptanceTests.Secrecy;

/// <summary>Takes whatever comes over OTLP (HTTP, protobuf) and keeps the bytes as text: names and values are legible in it.</summary>
internal sealed class OtlpSink : IAsyncDisposable
{
    readonly HttpListener _listener = new();
    readonly StringBuilder _text = new();
    readonly HashSet<string> _paths = [];
    readonly List<byte[]> _metrics = [];
    readonly Task _serving;

    public OtlpSink()
    {
        Address = $"http://127.0.0.1:{Ports.Next()}/";
        _listener.Prefixes.Add(Address);
        _listener.Start();
        _serving = ServeAsync();
    }

    public string Address { get; }
    public long Bytes { get; private set; }

    public IReadOnlyDictionary<string, string> Settings =>
        new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = Address.TrimEnd('/'),
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "500",
        };

    public string Text
    {
        get
        {
            lock (_text)
                return _text.ToString();
        }
    }

    /// <summary>To which addresses something was sent: one for each signal.</summary>
    public IReadOnlyCollection<string> Paths
    {
        get
        {
            lock (_text)
                return [.. _paths];
        }
    }

    /// <summary>What came as metrics, request by request.</summary>
    public IReadOnlyList<byte[]> Metrics
    {
        get
        {
            lock (_text)
                return [.. _metrics];
        }
    }

    async Task ServeAsync()
    {
        await foreach (var context in _listener.RequestsAsync())
        {
            using var body = new MemoryStream();
            await context.Request.InputStream.CopyToAsync(body);
            lock (_text)
            {
                Bytes += body.Length;
                _paths.Add(context.Request.Url!.AbsolutePath);
                if (context.Request.Url.AbsolutePath == "/v1/metrics")
                    _metrics.Add(body.ToArray());
                _text.Append(Encoding.Latin1.GetString(body.ToArray()));
            }
            context.Response.ContentType = "application/x-protobuf";
            context.Response.Close();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving;
        _listener.Close();
    }
}
