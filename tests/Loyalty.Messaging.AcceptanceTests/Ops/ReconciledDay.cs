using System.Text;
using System.Text.Json;
using Loyalty.Messaging.AcceptanceTests.Cli;
using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.Ops;

/// <summary>
/// A system in which a day has brought everything that a day can bring. Its worker stands far east of the issuer, where it is tomorrow for
/// most of the day.
/// </summary>
public sealed class ReconciledDay : IAsyncLifetime
{
    static readonly HttpClient Http = new();

    public LoyaltySystem System { get; private set; } = null!;

    public Uri Site { get; private set; } = null!;

    /// <summary>As the issuer counts it: <c>2026-11-21</c>.</summary>
    public string Day { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        System = await LoyaltySystem.CreateAsync();
        System.Settings["TZ"] = "Pacific/Kiritimati";
        System.Settings["AirMiles__SponsorCodes__0"] = "LOY1";
        await System.StartWorkerAsync();
        Site = await System.StartOpsAsync();

        await System.Issuer.ScriptAsync(
            new { match = new { clientTransactionId = "I-DY-2" }, answer = new { pendingStatus = true } },
            new { match = new { clientTransactionId = "I-DY-3" }, answer = new { status = 400 } },
            new
            {
                match = new { clientTransactionId = "I-DY-4" },
                times = (int?)null,
                answer = new { status = 500 },
            }
        );
        await CompleteAsync("DY-1", "80071000101", "Issued");
        await CompleteAsync("DY-2", "80071000102", "Pending");
        await CompleteAsync("DY-3", "80071000103", "Rejected");
        await CompleteAsync("DY-4", "80071000104", "Suspended");
        await CompleteAsync("DY-5", "80071000105", "NotEarned", amount: 19.99m);
        await CompleteAsync("DY-6", "80071000106", "Issued", sponsor: "LOY1");
        await CompleteAsync("DY-7", "80071000107", "Rejected", sponsor: "NOPE");
        await System.Commerce.RefundAsync(Commerce.Refund("DF-1", "DY-1"));
        await System.RefundIsAsync("DF-1", "Reversed");
        await System.QuietAsync();

        Assert.Equal(
            0,
            await System.Database.ScalarAsync<long>(
                """
                SELECT count(*) FROM (SELECT transaction_day, requested_at FROM issuance UNION ALL SELECT transaction_day, requested_at
                    FROM reversal) both_of
                WHERE transaction_day IS NULL OR transaction_day <> (requested_at AT TIME ZONE 'America/Toronto')::date
                """
            )
        );
        // Whoever runs this at midnight in Toronto has two days: here they are one.
        Day = (await System.Database.ScalarAsync<string>("SELECT min(transaction_day)::text FROM issuance"))!;
        await System.Database.RunAsync($"UPDATE issuance SET transaction_day = '{Day}'; UPDATE reversal SET transaction_day = '{Day}'");
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await Agreement.HoldsAsync(System);
        }
        finally
        {
            await System.DisposeAsync();
        }
    }

    /// <summary>The statement that an issuer would send who has what the simulator's ledger has, line by line below the header.</summary>
    public async Task<List<string>> StatementAsync() =>
        [
            "clientTransactionId,miles,sponsorCode",
            .. (await System.Issuer.LedgerAsync()).Select(effect =>
                $"{effect.ClientTransactionId},{(effect.Kind == "reverse" ? "-" : "")}{effect.Miles},{effect.SponsorCode}"
            ),
        ];

    /// <summary>The statement with one line changed, one removed, one added.</summary>
    public async Task<List<string>> FalsifiedAsync()
    {
        var lines = (await StatementAsync()).ConvertAll(line => line == "I-DY-1,8,KENY" ? "I-DY-1,9,KENY" : line);
        Assert.Equal(1, lines.RemoveAll(line => line == "I-DY-6,8,LOY1"));
        lines.Add("I-LOST,5,KENY");
        return lines;
    }

    /// <param name="text">Another day than this one, or none at all.</param>
    public Uri Address(string? text = null) => new(Site, $"/api/v1/reconciliation/{text ?? Day}");

    public static async Task<HttpResponseMessage> GetAsync(Uri address, string accept = "application/json")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Accept.ParseAdd(accept);
        return await Http.SendAsync(request);
    }

    public static Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) => Http.SendAsync(request);

    public static Task<HttpResponseMessage> SendStatementAsync(Uri address, List<string> lines, string query = "") =>
        Http.PostAsync(new Uri($"{address}/statement{query}"), new StringContent(string.Join('\n', lines), Encoding.UTF8, "text/csv"));

    public static async Task<JsonElement> JsonAsync(HttpResponseMessage answer) =>
        JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;

    public static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;

    public Task<CliRun> LoyaltyAsync(params string[] arguments) =>
        CliRun.RunAsync(new Dictionary<string, string> { ["Ops__Url"] = Site.ToString() }, arguments);

    async Task CompleteAsync(string orderId, string collector, string state, decimal amount = 163.98m, string sponsor = "KENY")
    {
        await System.Commerce.CompleteAsync(
            new Dictionary<string, object>(Commerce.Order(orderId, collector, amount)) { ["sponsorCode"] = sponsor }
        );
        await System.OrderIsAsync(orderId, state);
    }
}

[CollectionDefinition(nameof(ReconciledDay))]
public sealed class ReconciledDayCollection : ICollectionFixture<ReconciledDay>;
