using System.Text.Json;
using Loyalty.Messaging.AcceptanceTests.Secrecy;
using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.AmCash;

public sealed class When_echo_is_periodic
{
    [Fact]
    public async Task Health_follows_it_without_ever_being_unready_and_so_does_the_gauge()
    {
        await using var collector = new OtlpSink();
        await using var system = await LoyaltySystem.CreateAsync();
        foreach (var (key, value) in collector.Settings)
            system.Settings[key] = value;
        CashSystem.Configure(system);
        system.Settings["AirMiles__EchoInterval"] = "00:00:01";
        var (worker, address) = system.LaunchWorker(system.WorkerSettings());
        await worker.ReadyAsync(new Uri(address, "/health/ready"));
        await SeeAsync(address, "Healthy", "ECHO approved");

        await system.Issuer.ScriptAsync(
            new
            {
                match = new { path = "echo" },
                times = (int?)null,
                answer = new { responseCode = "0092" },
            }
        );
        await SeeAsync(address, "Degraded", "0092 scheduled outage");

        await system.Issuer.ForgetScriptsAsync();
        await SeeAsync(address, "Healthy", "ECHO approved");
        Assert.Empty(await system.Issuer.BreachesAsync());
        await worker.StopAsync();
        Assert.All(
            ["loyalty.airmiles.echo", "AirMiles echo", "outage"],
            name => Assert.Contains(name, collector.Text, StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("00:00:00", true, "AirMiles__EchoInterval is 00:00:00")]
    [InlineData("00:00:01", false, "not configured: AirMiles__StoreId, AirMiles__VendorId, AirMiles__DeviceId")]
    public async Task It_is_off_with_a_clear_word_when_it_is_to_be_or_cannot_be(string interval, bool configured, string reason)
    {
        await using var system = await LoyaltySystem.CreateAsync();
        if (configured)
            CashSystem.Configure(system);
        system.Settings["AirMiles__EchoInterval"] = interval;
        var (worker, address) = system.LaunchWorker(system.WorkerSettings());
        await worker.ReadyAsync(new Uri(address, "/health/ready"));

        await SeeAsync(address, "Healthy", $"The periodic ECHO is off ({reason})");
        Assert.Contains($"The periodic ECHO to AIR MILES is off ({reason})", worker.Output, StringComparison.Ordinal);
        Assert.Empty(await system.Issuer.AttemptsAsync());
    }

    static async Task SeeAsync(Uri worker, string status, string words)
    {
        using var http = new HttpClient();
        await Eventually.SeeAsync(
            async () =>
            {
                using var answer = await http.GetAsync(new Uri(worker, "/health/ready"));
                // Ready, whatever the issuer says.
                Assert.Equal(200, (int)answer.StatusCode);
                var check = JsonDocument
                    .Parse(await answer.Content.ReadAsStringAsync())
                    .RootElement.GetProperty("checks")
                    .GetProperty("issuer");
                return (Status: check.GetProperty("status").GetString(), Words: check.GetProperty("description").GetString());
            },
            seen => seen.Status == status && seen.Words!.Contains(words, StringComparison.Ordinal),
            $"{status}: {words}"
        );
    }
}
