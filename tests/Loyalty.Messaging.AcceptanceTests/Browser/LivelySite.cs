using Loyalty.Messaging.AcceptanceTests.DeadLetters;
using Loyalty.Messaging.AcceptanceTests.Ops;
using Loyalty.Messaging.TestKit;
using Microsoft.Playwright;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.Browser;

/// <summary>A site with a day's life in it, that of <c>./dev run --demo</c>, and somebody signed in.</summary>
public sealed class LivelySite : IAsyncLifetime
{
    readonly Chromium _chromium = new();
    readonly Dictionary<string, string> _paths = [];

    public LetterSystem Letters { get; private set; } = null!;
    public IBrowser Browser => _chromium.Browser;

    /// <summary>The address of each page, by its name.</summary>
    public IReadOnlyDictionary<string, string> Paths => _paths;

    /// <summary>Those that need nothing in their address: a new one is there by itself.</summary>
    static readonly Dictionary<string, string> PlainPages = File.ReadLines(
            Path.Combine(Repository.Root, "tests/Loyalty.Messaging.AcceptanceTests/Ops/routes.approved.txt")
        )
        .Select(route => route.Split(' '))
        .Where(route => route is ["GET", var path, ..] && !path.Contains('{') && !IsNoPage(path))
        .ToDictionary(route => route[1] == "/" ? "overview" : route[1].Trim('/').Replace('/', '-'), route => route[1]);

    public static IReadOnlyList<string> Pages { get; } =
    [
        .. PlainPages.Keys,
        "stuck-orders",
        "order",
        "rejected-order",
        "dead-letter-group",
        "dead-letter",
        "replay-preview",
        "job",
        "new-job",
        "reconciled-day",
        "not-found",
    ];

    public async ValueTask InitializeAsync()
    {
        await _chromium.InitializeAsync();
        Letters = await LetterSystem.StartAsync(
            guarded: true,
            settings: new Dictionary<string, string>
            {
                ["Ops__StuckAfter__Suspended"] = "00:00:01",
                ["Collectors__IndexKey"] = new string('6', 64),
            }
        );
        var system = Letters.System;
        await using (
            var demo = Application.Start(
                "Demo",
                "Demo",
                new Dictionary<string, string> { ["RabbitMq__Uri"] = system.Vhost.Uri.ToString() },
                system.Issuer.Address.ToString()
            )
        )
            Assert.Equal(0, await demo.ExitAsync());
        var key = RunningSite.KeyOf("operator");
        await Letters.OpenAsync(46, key: key);
        await Eventually.SeeAsync(
            () => system.Database.ScalarAsync<long>("SELECT count(*) FROM issuance WHERE current_state = 'Issuing'"),
            count => count == 0,
            "all orders to be settled",
            TimeSpan.FromMinutes(2)
        );
        var group = (await Letters.GetAsync("dead-letters/groups", key))
            .EnumerateArray()
            .OrderByDescending(each => each.GetProperty("count").GetInt32())
            .First()
            .GetProperty("group")
            .GetGuid();
        var letter = (await Letters.GetAsync($"dead-letters?group={group}", key)).GetProperty("items")[0].GetProperty("id").GetGuid();
        var refund = (await Letters.GetAsync("orders?kind=reverse&state=Reversed", key)).GetProperty("orders")[0];
        var rejected = (await Letters.GetAsync("orders?state=Rejected", key)).GetProperty("orders")[0].GetProperty("orderId").GetString()!;
        var job = await Letters.RetrySuspendedAsync("the issuer says that it is well again", key);
        var day = DateOnly
            .FromDateTime(
                TimeZoneInfo.ConvertTime(TimeProvider.System.GetUtcNow(), TimeZoneInfo.FindSystemTimeZoneById("America/Toronto")).DateTime
            )
            .ToString("yyyy-MM-dd", null);
        await Letters.JobIsAsync(job, "Done", key);
        await system.Database.RunAsync(
            $$"""
            INSERT INTO outbox (id, stream, message_id, destination, content_type, message_type, metadata, body, created_at, due_at,
                scheduled, attempts, parked_at, last_fault)
            SELECT gen_random_uuid(), correlation_id, gen_random_uuid(), 'exchange:partner.points-news?type=fanout', 'application/json',
                'urn:message:Loyalty.Messaging.Contracts:MilesIssued', '{}', '', updated_at, NULL, false, 20,
                now(), 'PublishException: no exchange ''partner.points-news'' in this virtual host'
            FROM issuance WHERE current_state = 'Issued' AND order_id <> '{{refund.GetProperty("orderId").GetString()}}' LIMIT 1
            """
        );
        foreach (
            var (name, path) in ((string Name, string Path)[])
                [
                    ("stuck-orders", "/orders?stuck=true"),
                    ("order", $"/orders/{refund.GetProperty("orderId").GetString()}"),
                    ("rejected-order", $"/orders/{rejected}"),
                    ("dead-letter-group", $"/dead-letters?group={group}&state=Open"),
                    ("dead-letter", $"/dead-letters/{letter}"),
                    ("replay-preview", "/dead-letters/replay?state=Open&owner=commerce"),
                    ("job", $"/jobs/{job}"),
                    ("new-job", "/jobs/new?state=Rejected"),
                    ("reconciled-day", $"/reconciliation/{day}"),
                    ("not-found", "/there-is-no-such-page"),
                ]
        )
            _paths[name] = path;
        foreach (var (name, path) in PlainPages)
            _paths[name] = path;
    }

    static bool IsNoPage(string path) =>
        ((string[])["/api/", "/assets/", "/health/", "/openapi/", "/sign-in/"]).Any(start =>
            path.StartsWith(start, StringComparison.Ordinal)
        );

    public async ValueTask DisposeAsync()
    {
        await Letters.DisposeAsync();
        await _chromium.DisposeAsync();
    }
}
