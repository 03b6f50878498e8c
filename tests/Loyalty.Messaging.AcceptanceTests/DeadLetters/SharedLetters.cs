using System.Text.Json;
using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.DeadLetters;

/// <summary>One system for tests that keep to their own orders.</summary>
public sealed class SharedLetters : IAsyncLifetime
{
    public LetterSystem Letters { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Letters = await LetterSystem.StartAsync();

    public async ValueTask DisposeAsync()
    {
        try
        {
            await Agreement.HoldsAsync(Letters.System);
        }
        finally
        {
            await Letters.DisposeAsync();
        }
    }

    /// <summary>An event without its location: it breaks the contract.</summary>
    public async Task<JsonElement> InvalidAsync(string orderId)
    {
        var order = Commerce.Order(orderId);
        order.Remove("locationCode");
        await Letters.System.Commerce.CompleteAsync(order);
        return Assert.Single(await Letters.OpenAsync(1, $"&order={orderId}"));
    }

    /// <summary>So many orders, called <c>PREFIX-1</c> and on, that were given up for a defect which is mended by now.</summary>
    public async Task<List<JsonElement>> MendedAsync(string prefix, int count)
    {
        await Letters.BreakAsync($"{prefix}-");
        for (var number = 1; number <= count; number++)
            await Letters.System.Commerce.CompleteAsync(Commerce.Order($"{prefix}-{number}", $"8{number:D9}0"));
        var letters = await Letters.OpenAsync(count, $"&q={prefix}-");
        await Letters.MendAsync();
        return letters;
    }

    public Task<JsonElement> LetterIsAsync(Guid id, string state) =>
        Eventually.SeeAsync(
            () => Letters.GetAsync($"dead-letters/{id}"),
            letter => letter.GetProperty("state").GetString() == state,
            $"dead letter {id} to be {state}",
            TimeSpan.FromSeconds(60)
        );

    /// <summary>What was done to it, the latest first.</summary>
    public async Task<List<string>> ActsAsync(string subject) =>
        [
            .. (await Letters.GetAsync($"audit?subject={Uri.EscapeDataString(subject)}"))
                .GetProperty("records")
                .EnumerateArray()
                .Select(record => $"{record.GetProperty("act").GetString()}: {record.GetProperty("reason").GetString()}"),
        ];
}
