using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Loyalty.Messaging.AirMiles;

/// <summary>A token, or why there is none.</summary>
internal sealed record TokenAnswer(string? Token, string? Failure, bool TryAgain = false, TimeSpan? RetryAfter = null);

/// <summary>
/// Tokens by OAuth 2.0 client credentials. One request serves everybody who waits; the issuer's identity provider counts token requests and
/// answers 429 to those who do not cache.
/// </summary>
internal sealed class AccessTokens(
    IHttpClientFactory clients,
    IOptions<AirMilesOptions> options,
    IssuerPause pause,
    TimeProvider time,
    ILogger<AccessTokens> logger
)
{
    public const string ClientName = "air-miles-token";

    static readonly TimeSpan UnstatedLifetime = TimeSpan.FromMinutes(5);
    static readonly TimeSpan LongestLifetime = TimeSpan.FromDays(30);

    readonly Lock _gate = new();
    readonly long _start = time.GetTimestamp();
    string? _token;
    TimeSpan _usedUntil;
    Task<TokenAnswer>? _request;

    /// <summary>The cached token, else a new one. A failure is an answer and is not cached.</summary>
    public async ValueTask<TokenAnswer> GetAsync(CancellationToken cancellationToken)
    {
        Task<TokenAnswer> request;
        lock (_gate)
        {
            if (_token is { } token && time.GetElapsedTime(_start) < _usedUntil)
                return new TokenAnswer(token, null);

            // Nobody's cancellation ends it: others may be waiting for the same request.
            request = _request is { IsCompleted: false } running ? running : _request = Task.Run(RequestAsync, CancellationToken.None);
        }

        return await request.WaitAsync(cancellationToken);
    }

    /// <summary>Forgets <paramref name="token"/>; a newer one, which another call has got meanwhile, stays.</summary>
    public void Invalidate(string token)
    {
        lock (_gate)
        {
            if (_token == token)
                _token = null;
        }
    }

    /// <summary>How long a token is used that lives for <paramref name="lifetime"/>: it must not expire on the way.</summary>
    internal static TimeSpan Usable(TimeSpan lifetime)
    {
        var margin = lifetime / 10 > TimeSpan.FromSeconds(60) ? lifetime / 10 : TimeSpan.FromSeconds(60);
        return margin > lifetime / 2 ? lifetime / 2 : lifetime - margin;
    }

    async Task<TokenAnswer> RequestAsync()
    {
        TokenAnswer answer;
        await pause.PaceAsync(CancellationToken.None);
        try
        {
            using var timeout = new CancellationTokenSource(options.Value.AttemptTimeout, time);
            answer = await AskAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            answer = new TokenAnswer(null, $"the token endpoint did not answer within {options.Value.AttemptTimeout}", TryAgain: true);
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            answer = new TokenAnswer(null, $"the token endpoint cannot be reached: {error.Message}", TryAgain: true);
        }

        if (answer.Failure is { } failure)
            Log.TokenNotObtained(logger, failure);
        return answer;
    }

    async Task<TokenAnswer> AskAsync(CancellationToken cancellationToken)
    {
        var settings = options.Value;
        var form = new List<KeyValuePair<string, string>>
        {
            new("grant_type", "client_credentials"),
            new("client_id", settings.ClientId ?? ""),
            new("client_secret", settings.ClientSecret ?? ""),
        };
        if (!string.IsNullOrEmpty(settings.Audience))
            form.Add(new("audience", settings.Audience));

        var asked = time.GetElapsedTime(_start);
        using var request = new HttpRequestMessage(HttpMethod.Post, settings.TokenEndpoint) { Content = new FormUrlEncodedContent(form) };
        using var client = clients.CreateClient(ClientName);
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (response.StatusCode != HttpStatusCode.OK)
            return Refused(response);

        var body = await BoundedBody.ReadAsync(response.Content, cancellationToken);
        if (Parse(body) is not var (token, lifetime))
            return new TokenAnswer(null, "the token endpoint's answer holds no usable access_token", TryAgain: true);

        var usable = Usable(lifetime);
        lock (_gate)
        {
            _token = token;
            _usedUntil = asked + usable;
        }

        Log.TokenObtained(logger, usable);
        return new TokenAnswer(token, null);
    }

    TokenAnswer Refused(HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        return status is 408 or 429 or >= 500
            ? new TokenAnswer(null, $"the token endpoint answered {status}", TryAgain: true, RetryAfterHeader.Of(response, time))
            : new TokenAnswer(
                null,
                $"the token endpoint answered {status}; check AirMiles__TokenEndpoint, AirMiles__ClientId, "
                    + "AirMiles__ClientSecret and AirMiles__Audience"
            );
    }

    // The body is never quoted anywhere: with the right status and the wrong shape it may still hold a token.
    static (string Token, TimeSpan Lifetime)? Parse(byte[]? body)
    {
        if (body is null)
            return null;
        try
        {
            using var json = JsonDocument.Parse(body);
            var root = json.RootElement;
            if (
                root.ValueKind != JsonValueKind.Object
                || !root.TryGetProperty("access_token", out var member)
                || member.ValueKind != JsonValueKind.String
                || member.GetString() is not { Length: > 0 } token
                || token.Any(character => character is <= ' ' or > '~')
            )
            {
                return null;
            }

            return (token, Lifetime(root));
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    static TimeSpan Lifetime(JsonElement root)
    {
        if (!root.TryGetProperty("expires_in", out var member))
            return UnstatedLifetime;
        var text = member.ValueKind == JsonValueKind.String ? member.GetString() : member.GetRawText();
        if (
            !decimal.TryParse(
                text,
                System.Globalization.NumberStyles.Number,
                System.Globalization.CultureInfo.InvariantCulture,
                out var seconds
            )
        )
            return UnstatedLifetime;
        return TimeSpan.FromSeconds((double)Math.Clamp(seconds, 0, (decimal)LongestLifetime.TotalSeconds));
    }
}
