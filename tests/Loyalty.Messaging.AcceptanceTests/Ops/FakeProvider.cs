using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Loyalty.Messaging.TestKit;

namespace Loyalty.Messaging.AcceptanceTests.Ops;

/// <summary>
/// A provider of OpenID Connect that lets in whoever it is told to: code flow, and strict about PKCE and the client's secret.
/// </summary>
internal sealed class FakeProvider : IAsyncDisposable
{
    public const string ClientId = "loyalty-ops";
    public const string ClientSecret = "secret-of-the-site";

    readonly HttpListener _listener = new();
    readonly RSA _key = RSA.Create(2048);
    readonly ConcurrentDictionary<string, (string Challenge, string Nonce)> _codes = new();
    readonly Task _serving;

    public FakeProvider()
    {
        Authority = $"http://127.0.0.1:{Ports.Next()}";
        _listener.Prefixes.Add($"{Authority}/");
        _listener.Start();
        _serving = ServeAsync();
    }

    public string Authority { get; }

    /// <summary>Who comes, with which roles.</summary>
    public string Name { get; set; } = "ana@example.com";

    /// <summary>What the provider calls them for ever.</summary>
    public string Subject { get; set; } = "42";
    public string[] Roles { get; set; } = [];

    /// <summary>What a person would do: sees the provider's page, says yes, and is sent back.</summary>
    /// <returns>Where to.</returns>
    public static async Task<Uri> ConsentAsync(Uri authorization)
    {
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        using var answer = await http.GetAsync(authorization);
        return answer.Headers.Location
            ?? throw new InvalidOperationException(
                $"{(int)answer.StatusCode} from the provider: {await answer.Content.ReadAsStringAsync()}"
            );
    }

    async Task ServeAsync()
    {
        await foreach (var context in _listener.RequestsAsync())
        {
            var (status, body) = await AnswerAsync(context);
            context.Response.StatusCode = status;
            if (body is not null)
            {
                context.Response.ContentType = "application/json";
                await context.Response.OutputStream.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(body));
            }
            context.Response.Close();
        }
    }

    async Task<(int Status, object? Body)> AnswerAsync(HttpListenerContext context)
    {
        switch (context.Request.Url!.AbsolutePath)
        {
            case "/.well-known/openid-configuration":
                return (
                    200,
                    new
                    {
                        issuer = Authority,
                        authorization_endpoint = $"{Authority}/authorize",
                        token_endpoint = $"{Authority}/token",
                        jwks_uri = $"{Authority}/keys",
                        response_types_supported = new[] { "code" },
                        subject_types_supported = new[] { "public" },
                        id_token_signing_alg_values_supported = new[] { "RS256" },
                    }
                );
            case "/keys":
                var key = _key.ExportParameters(false);
                return (
                    200,
                    new
                    {
                        keys = new[]
                        {
                            new
                            {
                                kty = "RSA",
                                use = "sig",
                                alg = "RS256",
                                kid = "1",
                                n = Url(key.Modulus!),
                                e = Url(key.Exponent!),
                            },
                        },
                    }
                );
            case "/authorize":
                var query = context.Request.QueryString;
                if (query["client_id"] != ClientId || query["code_challenge_method"] != "S256" || query["response_type"] != "code")
                    return (400, new { error = "invalid_request" });
                var code = Guid.NewGuid().ToString("N");
                _codes[code] = (query["code_challenge"]!, query["nonce"]!);
                context.Response.RedirectLocation = $"{query["redirect_uri"]}?code={code}&state={Uri.EscapeDataString(query["state"]!)}";
                return (302, null);
            case "/token":
                using (var reader = new StreamReader(context.Request.InputStream))
                    return Token(
                        (await reader.ReadToEndAsync())
                            .Split('&')
                            .Select(pair => pair.Split('='))
                            .ToDictionary(pair => pair[0], pair => Uri.UnescapeDataString(pair[1].Replace('+', ' ')))
                    );
            default:
                return (404, null);
        }
    }

    (int Status, object Body) Token(Dictionary<string, string> form)
    {
        if (
            form["client_secret"] != ClientSecret
            || !_codes.TryRemove(form["code"], out var asked)
            || Url(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"]))) != asked.Challenge
        )
            return (400, new { error = "invalid_grant" });
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var (nonce, exp) = (asked.Nonce, now + 300);
        var token = Signed(
            new
            {
                iss = Authority,
                aud = ClientId,
                sub = Subject,
                preferred_username = Name,
                nonce,
                iat = now,
                exp,
                groups = Roles,
            }
        );
        return (
            200,
            new
            {
                access_token = "access",
                token_type = "Bearer",
                expires_in = 300,
                id_token = token,
            }
        );
    }

    string Signed(object claims)
    {
        var signed =
            Url(
                JsonSerializer.SerializeToUtf8Bytes(
                    new
                    {
                        alg = "RS256",
                        typ = "JWT",
                        kid = "1",
                    }
                )
            )
            + "."
            + Url(JsonSerializer.SerializeToUtf8Bytes(claims));
        return $"{signed}.{Url(_key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }

    static string Url(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
        _key.Dispose();
    }
}
