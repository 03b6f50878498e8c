using Loyalty.Messaging.AcceptanceTests.Secrecy;
using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.Settings;

/// <summary>
/// The names of OpenTelemetry's specification, wherever a setting may stand. The environment has been left out on purpose: it is what an
/// exporter reads of itself.
/// </summary>
public sealed class When_telemetry_is_configured
{
    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "", "/v1/traces /v1/metrics /v1/logs")]
    [InlineData("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "/v1/metrics", "/v1/metrics")]
    public async Task It_may_stand_in_a_file_and_what_has_no_endpoint_is_not_sent(string key, string path, string expected)
    {
        await using var collector = new OtlpSink();
        await using var system = await LoyaltySystem.CreateAsync();
        var folder = Directory.CreateTempSubdirectory("loyalty-otel-");
        try
        {
            foreach (
                var (name, value) in new Dictionary<string, string>(collector.Settings)
                {
                    [key] = collector.Address.TrimEnd('/') + path,
                    ["OTEL_SERVICE_NAME"] = "worker-of-the-test",
                }
            )
            {
                if (name == "OTEL_EXPORTER_OTLP_ENDPOINT" && name != key)
                    continue;
                var file = Path.Combine(folder.FullName, name);
                await File.WriteAllTextAsync(file, value + "\n");
                system.Settings[$"{name}__File"] = file;
            }
            var worker = await system.StartWorkerAsync();
            await system.Commerce.CompleteAsync(Commerce.Order("OT-1", "80085102028"));
            await system.OrderIsAsync("OT-1", "Issued");
            await system.QuietAsync();
            await Eventually.SeeAsync(
                () => Task.FromResult(collector.Paths),
                paths => paths.Count == expected.Split(' ').Length,
                "every signal that has an endpoint"
            );
            await worker.StopAsync();

            Assert.Equal(expected.Split(' ').Order(), collector.Paths.Order());
            Assert.Contains("worker-of-the-test", collector.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("unknown_service", collector.Text, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
