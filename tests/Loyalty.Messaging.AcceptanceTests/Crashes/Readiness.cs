using Loyalty.Messaging.TestKit;

namespace Loyalty.Messaging.AcceptanceTests.Crashes;

/// <summary>What a program says at <c>/health/ready</c>.</summary>
internal static class Readiness
{
    /// <summary>Everything goes on by itself within this, and is noticed within this.</summary>
    public static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(10) };

    public static Task IsAsync(bool ready, Uri program, string what, TimeSpan? within = null) =>
        Eventually.TrueAsync(
            async () =>
            {
                using var answer = await Http.GetAsync(new Uri(program, "/health/ready"));
                return answer.IsSuccessStatusCode == ready;
            },
            what,
            within ?? Soon
        );
}
