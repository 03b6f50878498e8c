using Microsoft.Extensions.Options;
using Polly.Timeout;

namespace Loyalty.Messaging.AirMiles;

/// <summary>Sends requests to the issuer, of whichever kind: with a token, in turn, and for no longer than an attempt may take.</summary>
internal sealed class IssuerRequests(
    IHttpClientFactory clients,
    IOptions<AirMilesOptions> options,
    AccessTokens tokens,
    IssuerThrottle throttle,
    IssuerPause pause,
    IssuerPipeline pipeline,
    TimeProvider time
)
{
    public const string ClientName = "air-miles";

    static readonly TimeSpan PermitInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>Sends the request; once more with a new token when the first one is refused.</summary>
    /// <param name="read">Is asked of every exchange.</param>
    public async Task<TReading> AskAsync<TReading>(
        IssuerRequest request,
        Func<Exchange, TReading> read,
        CancellationToken cancellationToken
    )
        where TReading : IReading
    {
        while (true)
        {
            var exchange = await SendAsync(request, cancellationToken);
            var reading = read(exchange);
            if (!reading.TokenRefused || exchange.Token is not { } refused)
                return reading;
            tokens.Invalidate(refused);
            if (request.Renewed)
                return reading;
            request.Renewed = true;
            request.Renewing();
        }
    }

    async Task<Exchange> SendAsync(IssuerRequest request, CancellationToken cancellationToken)
    {
        var (began, started) = (time.GetUtcNow(), time.GetTimestamp());
        var answer = await tokens.GetAsync(cancellationToken);
        if (answer.Token is not { } token)
            return new Exchange(began) { Tokenless = answer, Duration = time.GetElapsedTime(started) };
        await throttle.PaceAsync(cancellationToken);
        while (!request.Permit.Lasts(options.Value.AttemptTimeout))
            await Task.Delay(PermitInterval, time, cancellationToken);
        // A pause may have begun while this one waited.
        if (request.StopsInPause && pause.Paused)
            return new Exchange(began);
        await pause.PaceAsync(cancellationToken);

        var exchange = new Exchange(time.GetUtcNow()) { Token = token };
        started = time.GetTimestamp();
        request.Leaving();
        try
        {
            await pipeline.RequestAsync(inner => ExchangeAsync(request, exchange, inner), cancellationToken);
        }
        catch (TimeoutRejectedException) when (!cancellationToken.IsCancellationRequested)
        {
            exchange.Failure = $"no whole answer within {options.Value.AttemptTimeout}";
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            // Nobody here has cancelled it. With a timeout inside it is the handler's way to say that it could not connect in time.
            exchange.NeverSent = error.InnerException is TimeoutException;
            exchange.Failure = exchange.NeverSent ? "no connection: connecting took too long" : $"the connection failed: {error.Message}";
        }
        catch (HttpRequestException error) when (NeverSent(error))
        {
            (exchange.Failure, exchange.NeverSent) = ($"no connection: {error.Message}", true);
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            exchange.Failure = $"the connection failed: {error.Message}";
        }

        exchange.Duration = time.GetElapsedTime(started);
        return exchange;
    }

    async ValueTask ExchangeAsync(IssuerRequest request, Exchange exchange, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, request.Address)
        {
            Content = new PermittedContent(request.Body, request.Permit, options.Value.AttemptTimeout),
        };
        message.Content.Headers.ContentType = new("application/json");
        message.Headers.Authorization = new("Bearer", exchange.Token);
        request.Headers(message.Headers);
        using var client = clients.CreateClient(ClientName);
        using var response = await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        (exchange.Status, exchange.RetryAfter) = ((int)response.StatusCode, RetryAfterHeader.Of(response, time));
        exchange.Body = await BoundedBody.ReadAsync(response.Content, cancellationToken);
    }

    static bool NeverSent(HttpRequestException error) =>
        error.HttpRequestError
            is HttpRequestError.NameResolutionError
                or HttpRequestError.ConnectionError
                or HttpRequestError.SecureConnectionError
                or HttpRequestError.ProxyTunnelError;
}
