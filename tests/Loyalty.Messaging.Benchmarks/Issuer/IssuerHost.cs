using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Loyalty.Messaging.Benchmarks.Issuer;

/// <summary>
/// The issuer of a load run: always a yes, as fast as HTTP goes, and a memory that tells a repetition from a second effect. The strict
/// simulator costs more than what is measured.
/// <c>issuer --urls URL --delay MS</c>
/// </summary>
internal static class IssuerHost
{
    public const string Verb = "issuer";
    const string Token = "token-of-the-bench";

    public static async Task<int> RunAsync(string[] arguments)
    {
        var builder = WebApplication.CreateSlimBuilder(arguments);
        builder.Logging.ClearProviders();
        await using var app = builder.Build();
        var delay = TimeSpan.FromMilliseconds(int.Parse(app.Configuration["delay"] ?? "0", null));
        var (ledger, times) = (new KeyLedger(), new AnswerTimes());
        app.Run(http =>
            http.Request.Path.Value switch
            {
                "/checkout/issuance/post/event" => TimedAsync(http, ledger, false, delay, times),
                "/checkout/issuance/reverse/event" => TimedAsync(http, ledger, true, delay, times),
                "/oauth/token" => WriteAsync(
                    http,
                    JsonSerializer.SerializeToUtf8Bytes(
                        new
                        {
                            access_token = Token,
                            token_type = "Bearer",
                            expires_in = 86400,
                        }
                    )
                ),
                "/effects" => WriteAsync(http, JsonSerializer.SerializeToUtf8Bytes(ledger.Read(), JsonSerializerOptions.Web)),
                "/latency" => WriteAsync(http, JsonSerializer.SerializeToUtf8Bytes(times.Take(), JsonSerializerOptions.Web)),
                "/health" => Task.CompletedTask,
                _ => RefuseAsync(http, StatusCodes.Status404NotFound),
            }
        );
        await app.RunAsync();
        return 0;
    }

    static async Task TimedAsync(HttpContext http, KeyLedger ledger, bool reversal, TimeSpan delay, AnswerTimes times)
    {
        var came = Stopwatch.GetTimestamp();
        await AnswerAsync(http, ledger, reversal, delay);
        times.Add(Stopwatch.GetElapsedTime(came));
    }

    static async Task AnswerAsync(HttpContext http, KeyLedger ledger, bool reversal, TimeSpan delay)
    {
        if (http.Request.Headers.Authorization != $"Bearer {Token}")
        {
            await RefuseAsync(http, StatusCodes.Status401Unauthorized);
            return;
        }
        var body = new byte[http.Request.ContentLength ?? 0];
        await http.Request.Body.ReadExactlyAsync(body);
        if (
            !Guid.TryParse(http.Request.Headers["Idempotency-Key"], out var key)
            || IssuerAnswer.To(body, key) is not var (clientTransactionId, answer)
        )
        {
            await RefuseAsync(http, StatusCodes.Status400BadRequest);
            return;
        }
        var known = ledger.Enter(key, body, clientTransactionId, reversal);
        if (delay > TimeSpan.Zero)
            await Task.Delay(delay, TimeProvider.System);
        await (known ? WriteAsync(http, answer) : RefuseAsync(http, StatusCodes.Status400BadRequest));
    }

    static async Task WriteAsync(HttpContext http, ReadOnlyMemory<byte> json)
    {
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = json.Length;
        await http.Response.BodyWriter.WriteAsync(json);
    }

    static Task RefuseAsync(HttpContext http, int status)
    {
        http.Response.StatusCode = status;
        return Task.CompletedTask;
    }
}
