using System.Security.Cryptography;
using System.Text;
using Xunit;

namespace Loyalty.Messaging.ContractTests.Simulator;

public sealed class When_the_records_are_read : SimulatorTest
{
    [Fact]
    public async Task Every_attempt_tells_what_came_and_what_was_answered()
    {
        var key = RunningSimulator.NewKey();
        var body = Requests.Issuance("T-1");
        await Simulator.ScriptAsync("""[{"answer":{"status":500}}]""");
        await PostAsync(body, key);
        await PostAsync(body, key);

        var attempts = (await Simulator.AttemptsAsync()).Where(attempt => attempt!["clientTransactionId"] is not null).ToList();
        Assert.Equal([500, 200], attempts.Select(attempt => attempt!["answerPlanned"]!.GetValue<int>()));
        Assert.All(
            attempts,
            attempt =>
            {
                Assert.Equal(key, attempt!["idempotencyKey"]!.GetValue<string>());
                Assert.Equal(RunningSimulator.PostPath, attempt["path"]!.GetValue<string>());
                Assert.Equal(Requests.Collector, attempt["collectorNumber"]!.GetValue<string>());
                Assert.True(attempt["delivered"]!.GetValue<bool>());
                Assert.Equal(
                    Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(body.ToJsonString()))),
                    attempt["bodySha256"]!.GetValue<string>()
                );
            }
        );
    }

    [Fact]
    public async Task A_reset_forgets_everything_but_the_client_s_token()
    {
        await PostAsync(Requests.Issuance("T-1"));
        await PostAsync(Requests.Issuance("T-1"));
        await Simulator.ScriptAsync("""[{"times":null,"answer":{"status":500}}]""");

        using var reset = await Simulator.Http.DeleteAsync("/simulator", TestContext.Current.CancellationToken);

        Assert.Equal(
            (0, 0, 0, 0),
            (
                await Simulator.StatAsync("attempts"),
                await Simulator.StatAsync("effects"),
                await Simulator.StatAsync("breaches"),
                await Simulator.StatAsync("tokenRequests")
            )
        );
        Assert.Equal(200, (await PostAsync(Requests.Issuance("T-1"))).Status);
    }

    [Fact]
    public async Task Health_needs_no_token()
    {
        Simulator.Http.DefaultRequestHeaders.Authorization = null;

        Assert.Equal("healthy", await Simulator.Http.GetStringAsync("/health", TestContext.Current.CancellationToken));
    }
}
