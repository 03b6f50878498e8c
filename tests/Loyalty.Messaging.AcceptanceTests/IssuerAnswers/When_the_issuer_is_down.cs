using System.Diagnostics;
using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.IssuerAnswers;

/// <summary>
/// An outage: the issuer queues pause, one probe at a time goes out, and everything goes on by itself when one gets through.
/// </summary>
public sealed class When_the_issuer_is_down
{
    const int Orders = 25;

    [Fact]
    public async Task Calls_wait_or_are_put_off_nothing_is_given_up_and_all_goes_on_by_itself()
    {
        await using var system = await LoyaltySystem.CreateAsync();
        system.Settings["AirMiles__LongestPause"] = "00:00:04";
        system.Settings["Timing__PostponedFor"] = "00:00:02";
        system.Settings["Timing__RetryDelays"] = "none"; // Any call that counted a try would be suspended.
        await system.StartWorkerAsync();
        await system.Issuer.ScriptAsync(new { times = (int?)null, answer = new { status = 503 } });
        for (var number = 0; number < Orders; number++)
            await system.Commerce.CompleteAsync(Commerce.Order($"U-{number}", $"8222{number:0000000}"));

        await Eventually.SeeAsync(
            () => system.Database.ScalarAsync<long>("SELECT count(*) FROM issuance WHERE timer_due_at IS NOT NULL AND tries = 0"),
            waiting => waiting > 0,
            "calls to be put off"
        );
        var before = (await system.Issuer.AttemptsAsync()).Count;
        var clock = Stopwatch.StartNew();
        await Eventually.SeeAsync(
            async () => (await system.Issuer.AttemptsAsync()).Count,
            count => count >= before + 3,
            "three more probes",
            TimeSpan.FromSeconds(60)
        );
        Assert.True(clock.Elapsed > TimeSpan.FromSeconds(1.9), $"three probes within {clock.Elapsed}");
        Assert.Equal(0L, await system.Database.ScalarAsync<long>("SELECT count(*) FROM issuance WHERE current_state <> 'Issuing'"));

        await system.Issuer.ForgetScriptsAsync();
        await Eventually.SeeAsync(
            () => system.Database.ScalarAsync<long>("SELECT count(*) FROM issuance WHERE current_state = 'Issued'"),
            issued => issued == Orders,
            "every order issued",
            TimeSpan.FromSeconds(60)
        );
        await Agreement.HoldsAsync(system);
        Assert.Empty(system.DeadLetters.All);
    }

    [Fact]
    public async Task Calls_of_one_collector_that_stand_in_line_are_put_off_together()
    {
        await using var system = await LoyaltySystem.CreateAsync();
        system.Settings["AirMiles__LongestPause"] = "00:00:08";
        system.Settings["Timing__PostponedFor"] = "00:10:00";
        await system.StartWorkerAsync();
        await system.Issuer.ScriptAsync(new { times = (int?)null, answer = new { status = 503 } });
        for (var number = 0; number < 4; number++)
            await system.Commerce.CompleteAsync(Commerce.Order($"L-{number}"));

        await Eventually.SeeAsync(
            () => system.Database.ScalarAsync<long>("SELECT count(*) FROM issuance WHERE timer_due_at IS NOT NULL"),
            putOff => putOff == 4,
            "every call to be put off",
            TimeSpan.FromSeconds(90)
        );
        // Each has waited for eight seconds, and all of them at the same time.
        Assert.InRange(
            await system.Database.ScalarAsync<double>("SELECT extract(epoch FROM max(called_at) - min(called_at))::float8 FROM issuance"),
            0,
            7
        );
    }

    [Fact]
    public async Task A_durable_try_survives_the_worker_and_its_due_time_is_shown()
    {
        await using var system = await LoyaltySystem.CreateAsync();
        system.Settings["Timing__RetryDelays"] = "00:00:05";
        var first = await system.StartWorkerAsync();
        await system.Issuer.ScriptAsync(new { times = 3, answer = new { status = 500 } });
        await system.Commerce.CompleteAsync(Commerce.Order("V-1"));
        await Eventually.SeeAsync(
            () => system.Database.ScalarAsync<DateTime?>("SELECT timer_due_at FROM issuance WHERE order_id = 'V-1'"),
            due => due is not null,
            "a timer"
        );
        await first.KillAsync();
        var ops = await system.StartOpsAsync();
        using var http = new HttpClient();
        var page = await http.GetStringAsync(new Uri(ops, "/api/v1/orders/V-1"));
        Assert.Contains("\"kind\":\"timer\"", page, StringComparison.Ordinal);
        Assert.Contains("Try 2 of 2, due 20", page, StringComparison.Ordinal);

        await system.StartWorkerAsync();
        await system.OrderIsAsync("V-1", "Issued");
        Assert.Equal(4, (await system.Issuer.AttemptsAsync("I-V-1")).Count);
        await Agreement.HoldsAsync(system);
    }
}
