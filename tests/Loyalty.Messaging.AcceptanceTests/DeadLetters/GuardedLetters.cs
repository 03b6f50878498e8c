using System.Net;
using Loyalty.Messaging.AcceptanceTests.Ops;
using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.DeadLetters;

/// <summary>Dead letters where above two messages or twenty miles at once a second person is needed.</summary>
public sealed class GuardedLetters : IAsyncLifetime
{
    public LetterSystem Letters { get; private set; } = null!;

    internal FakeProvider Provider { get; } = new();

    public async ValueTask InitializeAsync() =>
        Letters = await LetterSystem.StartAsync(
            guarded: true,
            settings: new Dictionary<string, string>
            {
                ["Ops__Approval__Messages"] = "2",
                ["Ops__Approval__Miles"] = "20",
                ["Ops__Approval__Period"] = "00:00:00.001",
                ["Ops__Oidc__Authority"] = Provider.Authority,
                ["Ops__Oidc__ClientId"] = FakeProvider.ClientId,
                ["Ops__Oidc__ClientSecret"] = FakeProvider.ClientSecret,
                ["Ops__Oidc__RoleClaim"] = "groups",
            }
        );

    public async Task<Guid> WaitingAsync(string path, object body, string key, string objection)
    {
        var (status, job) = await Letters.AskAsync("POST", path, body, key);
        Assert.Equal(
            (HttpStatusCode.Accepted, "AwaitingApproval", objection),
            (status, job.GetProperty("state").GetString(), job.GetProperty("needsApproval").GetString())
        );
        return job.GetProperty("id").GetGuid();
    }

    public async Task InvalidAsync(string prefix)
    {
        for (var number = 1; number <= 3; number++)
            await Letters.System.Commerce.PublishAsync(
                "commerce.order-completed",
                $$"""{"orderId":"{{prefix}}-{{number}}"}""",
                $"{prefix}-{number}"
            );
        await Letters.OpenAsync(3, $"&q={prefix}-", RunningSite.KeyOf("operator"));
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await Agreement.HoldsAsync(Letters.System);
        }
        finally
        {
            await Letters.DisposeAsync();
            await Provider.DisposeAsync();
        }
    }
}
