using System.Net;
using System.Text;
using BenchmarkDotNet.Attributes;
using Loyalty.Messaging.AirMiles;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Loyalty.Messaging.MicroBenchmarks;

/// <summary>What a call to the issuer costs besides the call.</summary>
public class Calls
{
    AccessTokens _tokens = null!;

    [GlobalSetup]
    public async Task StartAsync()
    {
        var options = Options.Create(new AirMilesOptions { TokenEndpoint = new Uri("http://localhost/token") });
        var pause = new IssuerPause(options, TimeProvider.System, NullLogger<IssuerPause>.Instance);
        _tokens = new AccessTokens(new Issuer(), options, pause, TimeProvider.System, NullLogger<AccessTokens>.Instance);
        if ((await _tokens.GetAsync(CancellationToken.None)).Token is null)
            throw new InvalidOperationException("There is no token to look up");
    }

    [Benchmark]
    public FrozenCall Freeze() => new(IdempotencyKey.For("issue", "ORDER-2026-000123", 1), Samples.Call.Freeze());

    [Benchmark]
    public string MaskResponse() => Mask.Collectors(Samples.Response);

    [Benchmark]
    public async Task<bool> LookUpTokenAsync() => (await _tokens.GetAsync(CancellationToken.None)).Token is not null;

    sealed class Issuer : HttpMessageHandler, IHttpClientFactory
    {
        public HttpClient CreateClient(string name) => new(this, disposeHandler: false);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(
                new HttpResponseMessage(HttpStatusCode.OK)
                {
                    Content = new StringContent("""{"access_token":"token","expires_in":86400}""", Encoding.UTF8, "application/json"),
                }
            );
    }
}
