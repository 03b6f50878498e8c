using System.Text;
using System.Text.Json;
using Loyalty.Messaging.TestKit;
using Npgsql;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.IssuerAnswers;

/// <summary>
/// A message alone moves no miles: a call is made when its saga waits for it, whoever has sent the message and however old it is. And one
/// that is lost is made after all.
/// </summary>
public sealed class When_a_call_is_not_asked_for
{
    const string Queue = "loyalty.issuer-00";

    [Fact]
    public async Task It_is_not_made_and_one_that_is_lost_is()
    {
        await using var system = await LoyaltySystem.CreateAsync();
        system.Settings["Timing__CallLostAfter"] = "00:00:04";
        await system.StartWorkerAsync();
        await system.Commerce.CompleteAsync(Commerce.Order("N-1"));
        await system.OrderIsAsync("N-1", "Issued");
        var (key, body) = await CallAsync(system, "N-1");
        var attempts = (await system.Issuer.AttemptsAsync()).Count;

        // Of an order that nobody knows, with bytes that are not the order's, under a key that is not: by whoever may publish.
        await SendAsync(system, "N-0", Guid.NewGuid(), body);
        await SendAsync(
            system,
            "N-1",
            key,
            Encoding.UTF8.GetBytes(
                Encoding.UTF8.GetString(body).Replace("\"milesAmount\":8", "\"milesAmount\":8000", StringComparison.Ordinal)
            )
        );
        await SendAsync(system, "N-1", Guid.NewGuid(), body);
        // The order's own call, once more when it is settled: as a copy, or replayed. Whether the issuer still knows the key makes no
        // difference.
        await SendAsync(system, "N-1", key, body);
        await Eventually.SeeAsync(
            () => Task.FromResult(system.DeadLetters.All.Count),
            letters => letters == 3,
            "what was forged among the dead letters"
        );
        await system.QuietAsync();
        Assert.Equal(attempts, (await system.Issuer.AttemptsAsync()).Count);
        Assert.Equal(3, system.DeadLetters.All.Count);

        // The database of an hour ago, or a queue that was emptied: the call was sent, and nobody will answer it.
        await system.Database.RunAsync(
            """
            UPDATE issuance SET current_state = 'Issuing', state_since = now() - interval '1 hour',
                updated_at = now() - interval '1 hour' WHERE order_id = 'N-1'
            """
        );
        await system.OrderIsAsync("N-1", "Issued", TimeSpan.FromSeconds(30));
        Assert.Equal(8, Assert.Single(await system.Issuer.LedgerAsync()).Miles);
        Assert.Equal([key.ToString()], (await system.Issuer.AttemptsAsync("I-N-1")).Select(attempt => attempt.IdempotencyKey).Distinct());
        Assert.Equal(
            1,
            await system.Database.ScalarAsync<long>(
                "SELECT count(*) FROM journal WHERE order_id = 'N-1' AND notes::text LIKE '%no answer for too long%'"
            )
        );
    }

    /// <summary>The call of an order, as it was frozen.</summary>
    internal static async Task<(Guid Key, byte[] Body)> CallAsync(LoyaltySystem system, string orderId)
    {
        await using var connection = new NpgsqlConnection(system.Database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT idempotency_key, request_body FROM issuance WHERE order_id = $1", connection)
        {
            Parameters = { new() { Value = orderId } },
        };
        await using var row = await command.ExecuteReaderAsync();
        Assert.True(await row.ReadAsync());
        return (row.GetGuid(0), row.GetFieldValue<byte[]>(1));
    }

    /// <summary>A message for the issuer queue, by somebody who may publish there.</summary>
    internal static Task SendAsync(LoyaltySystem system, string orderId, Guid idempotencyKey, byte[] body) =>
        system.Commerce.PublishAsync(
            Queue,
            JsonSerializer.Serialize(
                new
                {
                    messageId = Guid.NewGuid(),
                    messageType = new[] { "urn:message:Loyalty.Messaging.Sagas.Issuance:IssueMiles" },
                    message = new
                    {
                        orderId,
                        collectorNumber = "80085102028",
                        revision = 1,
                        idempotencyKey,
                        body,
                    },
                }
            ),
            Guid.NewGuid().ToString(),
            "application/vnd.masstransit+json"
        );
}
