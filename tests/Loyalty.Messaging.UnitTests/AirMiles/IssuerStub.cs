using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Loyalty.Messaging.AirMiles;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Loyalty.Messaging.UnitTests.AirMiles;

/// <summary>Answers in place of the network and remembers what it was asked.</summary>
internal sealed class IssuerStub : HttpMessageHandler
{
    public const string Yes =
        """{"clientTransactionId":"W-1","issuances":[{"issuanceOfferCode":"STANDARD","milesAmount":8,"offerId":"22","status":"ISSUED"}],"transactionId":"93a1237c-545c-4f16-96e5-4d890c903bd9"}""";

    readonly ConcurrentQueue<Func<CancellationToken, Task<HttpResponseMessage>>> _answers = new();
    readonly ConcurrentQueue<Func<CancellationToken, Task<HttpResponseMessage>>> _tokens = new();
    int _tokenNumber;

    public static FrozenCall Call { get; } =
        new(IdempotencyKey.For("issue", "W-1", 0), Encoding.UTF8.GetBytes("""{"clientTransactionId":"W-1"}"""));

    public ConcurrentQueue<Asked> Calls { get; } = new();

    public ConcurrentQueue<Asked> TokenRequests { get; } = new();

    public static HttpResponseMessage Answer(int status, string body = "", string type = "application/json") =>
        new((HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8, type) };

    public static HttpResponseMessage Token(string token, object expiresIn) =>
        Answer(
            200,
            System.Text.Json.JsonSerializer.Serialize(
                new
                {
                    access_token = token,
                    expires_in = expiresIn,
                    token_type = "Bearer",
                }
            )
        );

    public IssuerStub Then(int status, string body = "", string? retryAfter = null)
    {
        var answer = Answer(status, body);
        if (retryAfter is not null)
            answer.Headers.TryAddWithoutValidation("Retry-After", retryAfter);
        return Then(_ => Task.FromResult(answer));
    }

    public IssuerStub Then(Func<CancellationToken, Task<HttpResponseMessage>> answer)
    {
        _answers.Enqueue(answer);
        return this;
    }

    public IssuerStub ThenToken(Func<CancellationToken, Task<HttpResponseMessage>> answer)
    {
        _tokens.Enqueue(answer);
        return this;
    }

    public ServiceProvider Services(TimeProvider? time = null, params (string Key, string Value)[] settings)
    {
        var services = Plain(time, settings);
        foreach (var name in new[] { "air-miles", "air-miles-token" })
            services.AddHttpClient(name).ConfigurePrimaryHttpMessageHandler(() => this);
        return services.BuildServiceProvider();
    }

    /// <summary>The room as hosts register it, without the stub.</summary>
    public static IServiceCollection Plain(TimeProvider? time, params (string Key, string Value)[] settings)
    {
        var values = new Dictionary<string, string?>
        {
            ["AirMiles:BaseAddress"] = "https://issuer.test/",
            ["AirMiles:TokenEndpoint"] = "https://login.test/oauth/token",
            ["AirMiles:ClientId"] = "client",
            ["AirMiles:ClientSecret"] = "s3cret",
            ["AirMiles:SponsorCode"] = "KENY",
            ["AirMiles:RetryDelay"] = "00:00:00.001",
        };
        foreach (var (key, value) in settings)
            values[$"AirMiles:{key}"] = value;
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(values).Build();
        var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddLogging();
        if (time is not null)
            services.AddSingleton(time);
        return services.AddAirMilesClient();
    }

    public async Task<CallResult> PostAsync(params (string Key, string Value)[] settings)
    {
        await using var services = Services(null, settings);
        return await services.GetRequiredService<IAirMilesClient>().PostEventAsync(Call, Xunit.TestContext.Current.CancellationToken);
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = await request.Content!.ReadAsByteArrayAsync(cancellationToken);
        var asked = new Asked(
            request.Method,
            request.RequestUri!.AbsoluteUri,
            body,
            request.Content.Headers.ContentType?.ToString(),
            request.Headers.Authorization?.ToString(),
            request.Headers.TryGetValues("Idempotency-Key", out var keys) ? keys.Single() : null,
            TimeProvider.System.GetTimestamp()
        );
        if (request.RequestUri.Host == "login.test")
        {
            TokenRequests.Enqueue(asked);
            return _tokens.TryDequeue(out var token)
                ? await token(cancellationToken)
                : Token($"token-{Interlocked.Increment(ref _tokenNumber)}", 3600);
        }

        Calls.Enqueue(asked);
        return _answers.TryDequeue(out var answer) ? await answer(cancellationToken) : Answer(200, Yes);
    }

    internal sealed record Asked(
        HttpMethod Method,
        string Address,
        byte[] Body,
        string? ContentType,
        string? Authorization,
        string? Key,
        long At
    );
}
