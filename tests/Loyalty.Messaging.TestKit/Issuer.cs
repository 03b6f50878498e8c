using System.Net.Http.Json;
using System.Text.Json;

namespace Loyalty.Messaging.TestKit;

/// <summary>The simulator as a real process, seen through its own small API.</summary>
public sealed class Issuer : IAsyncDisposable
{
    readonly HttpClient _http;

    Issuer(Application application, Uri address)
    {
        Application = application;
        _http = new HttpClient { BaseAddress = address };
    }

    public Application Application { get; }
    public Uri Address => _http.BaseAddress!;

    public static async Task<Issuer> StartAsync()
    {
        var address = new Uri($"http://127.0.0.1:{Ports.Next()}");
        var application = Application.Start(
            "Loyalty.Messaging.Simulator",
            "Loyalty.Messaging.Simulator",
            new Dictionary<string, string>
            {
                ["Simulator__Urls"] = address.ToString().TrimEnd('/'),
                ["Simulator__SponsorCodes__0"] = "KENY",
                ["Simulator__SponsorCodes__1"] = "LOY1",
            }
        );
        var issuer = new Issuer(application, address);
        await application.ReadyAsync(new Uri(address, "/health"));
        return issuer;
    }

    public async Task<List<Effect>> LedgerAsync() =>
        (await _http.GetFromJsonAsync<List<Effect>>(new Uri("/simulator/ledger", UriKind.Relative)))!;

    /// <summary>Every request that reached the issuer.</summary>
    public async Task<List<Attempt>> AttemptsAsync() =>
        (await _http.GetFromJsonAsync<List<Attempt>>(new Uri("/simulator/attempts", UriKind.Relative)))!;

    public async Task<List<Attempt>> AttemptsAsync(string clientTransactionId) =>
        [.. (await AttemptsAsync()).Where(attempt => attempt.ClientTransactionId == clientTransactionId)];

    public async Task<List<JsonElement>> BreachesAsync() =>
        (await _http.GetFromJsonAsync<List<JsonElement>>(new Uri("/simulator/breaches", UriKind.Relative)))!;

    /// <summary>Waits until it holds so many calls that it will never answer by itself.</summary>
    public Task HoldsAsync(int calls) =>
        Eventually.SeeAsync(
            async () =>
                (await _http.GetFromJsonAsync<JsonElement>(new Uri("/simulator/held", UriKind.Relative))).GetProperty("held").GetInt32(),
            held => held == calls,
            $"{calls} calls to be held"
        );

    public async Task ScriptAsync(params object[] rules) =>
        (await _http.PostAsJsonAsync(new Uri("/simulator/scripts", UriKind.Relative), rules)).EnsureSuccessStatusCode();

    /// <summary>Every try of the next call about this transaction is answered with a 500.</summary>
    /// <param name="effect">What is done all the same: <c>before</c> the answer, or <c>none</c>.</param>
    public Task FailAsync(string clientTransactionId, string effect = "none") =>
        ScriptAsync(
            new
            {
                match = new { clientTransactionId },
                times = 3,
                answer = new { status = 500, effect },
            }
        );

    public async Task ForgetScriptsAsync() =>
        (await _http.DeleteAsync(new Uri("/simulator/scripts", UriKind.Relative))).EnsureSuccessStatusCode();

    public async Task ReleaseAsync() =>
        (await _http.PostAsync(new Uri("/simulator/release", UriKind.Relative), null)).EnsureSuccessStatusCode();

    /// <summary>A token, as the workers get theirs.</summary>
    public async Task<string> TokenAsync()
    {
        using var form = new FormUrlEncodedContent(
            new Dictionary<string, string>
            {
                ["grant_type"] = "client_credentials",
                ["client_id"] = "partner",
                ["client_secret"] = "secret-of-the-simulator",
            }
        );
        using var answer = await _http.PostAsync(new Uri("/oauth/token", UriKind.Relative), form);
        return (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString()!;
    }

    /// <summary>Every token so far is no good any more.</summary>
    public async Task RevokeTokensAsync() =>
        (await _http.PostAsync(new Uri("/simulator/tokens/revoke", UriKind.Relative), null)).EnsureSuccessStatusCode();

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Application.DisposeAsync();
    }
}

/// <summary>A durable effect in the issuer's ledger.</summary>
public sealed record Effect
{
    public required string Kind { get; init; }
    public required string ClientTransactionId { get; init; }
    public string? OriginalClientTransactionId { get; init; }
    public string SponsorCode { get; init; } = "";
    public required int Miles { get; init; }
    public required string TransactionId { get; init; }
    public required string IdempotencyKey { get; init; }
    public IReadOnlyList<EffectOffer> Issuances { get; init; } = [];

    /// <summary>Offer by offer: <c>STANDARD 8, BONUS/7 50</c>.</summary>
    public string Offers =>
        string.Join(
            ", ",
            Issuances.Select(offer => $"{offer.IssuanceOfferCode}{(offer.OfferId is null ? "" : $"/{offer.OfferId}")} {offer.MilesAmount}")
        );
}

/// <summary>The part of an effect that is one offer's.</summary>
public sealed record EffectOffer(string IssuanceOfferCode, string? OfferId, int MilesAmount);

/// <summary>A request that reached the issuer.</summary>
public sealed record Attempt
{
    public string? Path { get; init; }
    public string? ClientTransactionId { get; init; }
    public string? IdempotencyKey { get; init; }
    public string? CollectorNumber { get; init; }
    public string? BodySha256 { get; init; }
}
