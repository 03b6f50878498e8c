using System.Net.Http.Json;

namespace Demo;

/// <summary>What the simulated issuer does not like today. The prefixes are those of <see cref="ShopsDay"/>.</summary>
internal static class IssuersDay
{
    public const string Slow = "W-SLOW-";
    public const string Pending = "W-PEND-";
    public const string Refused = "W-NO-";

    public static async Task ScriptAsync(Uri simulator)
    {
        using var http = new HttpClient { BaseAddress = simulator };
        object[] rules =
        [
            new
            {
                match = new { path = "post", clientTransactionIdPrefix = $"I-{Slow}" },
                times = 30,
                answer = new { status = 500, effect = "none" },
            },
            new
            {
                match = new { path = "post", clientTransactionIdPrefix = $"I-{Pending}" },
                times = (int?)null,
                answer = new { status = 202 },
            },
            new
            {
                match = new { path = "post", clientTransactionIdPrefix = $"I-{Refused}" },
                times = 7,
                answer = new { status = 400, effect = "none" },
            },
        ];
        using var answer = await http.PostAsJsonAsync(new Uri("simulator/scripts", UriKind.Relative), rules);
        answer.EnsureSuccessStatusCode();
    }
}
