using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.DeadLetters;

/// <summary>
/// A whole night's dead letters at once. <c>LOYALTY_DEAD_LETTERS=100000</c> for the size that is promised: half an hour, with the page
/// usable all the time.
/// </summary>
public sealed class When_very_many_are_replayed(ITestOutputHelper output) : LetterTest
{
    static readonly int Count = int.Parse(
        Environment.GetEnvironmentVariable("LOYALTY_DEAD_LETTERS") ?? "2000",
        CultureInfo.InvariantCulture
    );

    /// <summary>The promise: a hundred thousand in half an hour.</summary>
    static readonly TimeSpan Allowed = TimeSpan.FromMinutes(30) * Math.Max(Count, 10_000) / 100_000;

    [Fact]
    public async Task Each_is_sent_once_in_time_and_the_page_answers_meanwhile()
    {
        var system = Letters.System;
        await GiveUpAsync(system);
        await Eventually.SeeAsync(
            () => system.Database.ScalarAsync<long>("SELECT count(*) FROM dead_letter WHERE state = 'Open'"),
            count => count == Count,
            $"{Count} dead letters",
            TimeSpan.FromMinutes(10)
        );

        var started = Stopwatch.GetTimestamp();
        var (_, preview) = await Letters.AskAsync("POST", "dead-letters/replays", new { all = true, preview = true });
        Assert.Equal(Count, preview.GetProperty("total").GetInt32());
        var previewed = Stopwatch.GetElapsedTime(started);
        var (status, job) = await Letters.AskAsync(
            "POST",
            "dead-letters/replays",
            new
            {
                all = true,
                reason = "all of last night",
                rate = 500,
            }
        );
        Assert.Equal(HttpStatusCode.Accepted, status);
        var looks = new List<TimeSpan>();
        var done = await Eventually.SeeAsync(
            async () =>
            {
                var asked = Stopwatch.GetTimestamp();
                using var http = new HttpClient();
                foreach (var path in (string[])["/dead-letters", $"/jobs/{job.GetProperty("id").GetGuid()}", "/dead-letters?state=Open"])
                    (await http.GetAsync(new Uri(Letters.Ops, path))).EnsureSuccessStatusCode();
                looks.Add(Stopwatch.GetElapsedTime(asked));
                return await Letters.GetAsync($"jobs/{job.GetProperty("id").GetGuid()}");
            },
            seen => seen.GetProperty("state").GetString() is not "Running",
            "the replay to end",
            Allowed
        );
        var took = Stopwatch.GetElapsedTime(started);
        output.WriteLine(
            $"{Count} replayed in {took}, previewed in {previewed}; three pages in "
                + $"{looks.Order().ElementAt(looks.Count * 95 / 100)} (95 of 100)"
        );

        Assert.Equal(("Done", Count), (done.GetProperty("state").GetString(), done.GetProperty("done").GetInt32()));
        await system.QuietAsync(TimeSpan.FromMinutes(5));
        Assert.Equal(Count, await system.Database.ScalarAsync<long>("SELECT count(*) FROM issuance WHERE current_state = 'Issued'"));
        Assert.Equal(Count, (await system.Issuer.LedgerAsync()).Select(effect => effect.ClientTransactionId).Distinct().Count());
        Assert.InRange(looks.Order().ElementAt(looks.Count * 95 / 100), TimeSpan.Zero, TimeSpan.FromSeconds(6));
    }

    /// <summary>Puts orders where a worker puts what it gives up, with what it says about them.</summary>
    static async Task GiveUpAsync(LoyaltySystem system)
    {
        foreach (var chunk in Enumerable.Range(1, Count).Chunk(500))
            await Task.WhenAll(
                chunk.Select(index =>
                    system.Commerce.PublishAsync(
                        "loyalty.dead-letters",
                        JsonSerializer.SerializeToUtf8Bytes(Commerce.Order($"VM-{index}", $"8{index:D9}0")),
                        $"vm-{index}",
                        headers: new Dictionary<string, object?>
                        {
                            ["loyalty-kind"] = "failed",
                            ["loyalty-reason"] = $"PostgresException: P0001: no room for order VM-{index}",
                            ["loyalty-exception"] = "Npgsql.PostgresException",
                            ["loyalty-endpoint"] = "loyalty.issuance",
                            ["loyalty-exchange"] = "commerce.order-completed",
                            ["loyalty-at"] = "2026-11-25T20:00:00Z",
                        }
                    )
                )
            );
    }
}
