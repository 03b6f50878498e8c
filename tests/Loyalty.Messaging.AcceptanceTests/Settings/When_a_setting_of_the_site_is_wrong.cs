using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.Settings;

/// <summary>The ops site as a real process: a site that its owner believes to be guarded must not start otherwise.</summary>
public sealed class When_a_setting_of_the_site_is_wrong
{
    const int BadConfiguration = 78;
    const string Secret = "not-to-be-seen";

    static readonly Dictionary<string, string> Right = new()
    {
        ["ASPNETCORE_ENVIRONMENT"] = "Production",
        ["ConnectionStrings__Loyalty"] = "Host=127.0.0.1;Port=1;Username=loyalty",
        ["RabbitMq__Uri"] = "amqp://127.0.0.1:1/",
        ["Ops__Urls"] = "http://127.0.0.1:0",
        ["Ops__Oidc__Authority"] = "https://provider.example",
        ["Ops__Oidc__ClientId"] = "loyalty-ops",
        ["Ops__Oidc__ClientSecret"] = Secret,
    };

    [Theory]
    [InlineData("Ops__Oidc__Authority", null)]
    [InlineData("Ops__Oidc__Authority", "http://provider.example")]
    [InlineData("Ops__Oidc__Authority", $"https://somebody:{Secret}@provider.example")]
    [InlineData("Ops__Oidc__Authority", "provider")]
    [InlineData("Ops__Oidc__ClientId", null)]
    [InlineData("Ops__Oidc__ClientSecret", null)]
    [InlineData("Ops__Oidc__RoleClaim", " ")]
    [InlineData("Ops__StuckAfter__Issuing", "soon")]
    [InlineData("Ops__StuckAfter__Issuing", "00:00:00")]
    [InlineData("Ops__StuckAfter__Issued", "01:00:00")]
    [InlineData("Ops__Approval__Messages", "0")]
    [InlineData("Ops__Approval__Miles", "-1")]
    [InlineData("Ops__Approval__Period", "00:00:00")]
    [InlineData("Ops__Approval__Period", "367.00:00:00")]
    [InlineData("Ops__Approval__Period", "a while")]
    [InlineData("Timing__KeyLifetime", "00:00:00")]
    [InlineData("Timing__KeyLifetime", "a while")]
    [InlineData("Plausibility__MilesPerOrder", "-1")]
    [InlineData("Collectors__IndexKey", "too short")]
    [InlineData("AirMiles__TransactionDayZone", "America/Nowhere")]
    public async Task One_line_names_it_and_nothing_starts(string key, string? value)
    {
        var settings = new Dictionary<string, string>(Right);
        settings.Remove(key);
        if (value is not null)
            settings[key] = value;

        await using var ops = Application.Start("Loyalty.Messaging.Ops", "Loyalty.Messaging.Ops", settings);

        Assert.Equal(BadConfiguration, await ops.ExitAsync());
        var line = Assert.Single(ops.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith($"configuration: {key}", line, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, ops.Output, StringComparison.Ordinal);
    }
}
