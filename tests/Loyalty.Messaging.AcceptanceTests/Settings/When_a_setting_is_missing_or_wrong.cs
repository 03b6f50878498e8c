using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.Settings;

/// <summary>
/// The worker as a real process: it says in one line which key is wrong, shows no secret, and ends with EX_CONFIG before it has done
/// anything.
/// </summary>
public sealed class When_a_setting_is_missing_or_wrong
{
    const int BadConfiguration = 78;
    const string Secret = "not-to-be-seen";

    /// <summary>Nothing behind these addresses: a worker with a mistake must not come as far as asking for it.</summary>
    static readonly Dictionary<string, string> Right = new()
    {
        ["ConnectionStrings__Loyalty"] = $"Host=127.0.0.1;Port=1;Username=loyalty;Password={Secret}",
        ["RabbitMq__Uri"] = $"amqp://loyalty:{Secret}@127.0.0.1:1/",
        ["AirMiles__TokenEndpoint"] = "https://issuer.example/oauth/token",
        ["AirMiles__ClientId"] = "partner",
        ["AirMiles__ClientSecret"] = Secret,
        ["AirMiles__SponsorCode"] = "KENY",
    };

    [Theory]
    [InlineData("ConnectionStrings__Loyalty", null)]
    [InlineData("ConnectionStrings__Loyalty", $"Username=loyalty;Password={Secret}")]
    [InlineData("ConnectionStrings__Loyalty", $"postgres://loyalty:{Secret}@database/loyalty")]
    [InlineData("RabbitMq__Uri", null)]
    [InlineData("RabbitMq__Uri", $"http://loyalty:{Secret}@broker/")]
    [InlineData("RabbitMq__Uri", $"amqp:{Secret}")]
    [InlineData("RabbitMq__Partitions", "3")]
    [InlineData("RabbitMq__Partitions", "three")]
    [InlineData("RabbitMq__DeliveryPatience", "00:00:01")]
    [InlineData("RabbitMq__LanePatience", "00:00:01")]
    [InlineData("AirMiles__BaseAddress", "http://issuer.example")]
    [InlineData("AirMiles__BaseAddress", $"https://loyalty:{Secret}@issuer.example")]
    [InlineData("AirMiles__BaseAddress", $"https://loyalty:{Secret}@issuer.example:port")]
    [InlineData("AirMiles__TokenEndpoint", null)]
    [InlineData("AirMiles__TokenEndpoint", "http://issuer.example/oauth/token")]
    [InlineData("AirMiles__ClientId", null)]
    [InlineData("AirMiles__ClientSecret", null)]
    [InlineData("AirMiles__ClientSecret__File", "/no/such/file")]
    [InlineData("AirMiles__SponsorCode", null)]
    [InlineData("AirMiles__AttemptTimeout", "soon")]
    [InlineData("AirMiles__EchoInterval", "00:00:00.5")]
    [InlineData("AirMiles__EchoInterval", "often")]
    [InlineData("AirMiles__OfferIdFormat", "Roman")]
    [InlineData("AirMiles__CollectorCheckDigit", "perhaps")]
    [InlineData("AirMiles__CollectorCheckDigit", "7")]
    [InlineData("AirMiles__TransactionDayZone", "America/Nowhere")]
    [InlineData("Earning__Base__Step", "0")]
    [InlineData("Earning__Base__Step", "a lot")]
    [InlineData("Earning__Currency", "dollars")]
    [InlineData("Outbox__AgeLimit", "00:00:04")]
    [InlineData("Outbox__VacuumDelay", "-00:00:01")]
    [InlineData("Outbox__VacuumDelay", "60.00:00:00")]
    public async Task One_line_names_it_and_nothing_starts(string key, string? value)
    {
        var settings = new Dictionary<string, string>(Right);
        settings.Remove(key);
        if (value is not null)
            settings[key] = value;

        var (exitCode, errors, output) = await RunAsync(settings);

        Assert.Equal(BadConfiguration, exitCode);
        var line = Assert.Single(errors);
        Assert.StartsWith("configuration: ", line, StringComparison.Ordinal);
        Assert.Contains(key, line, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, output, StringComparison.Ordinal);
    }

    /// <summary>
    /// One setting of a bonus that is otherwise right; what the binder would pass over must not become a bonus for everybody.
    /// </summary>
    [Theory]
    [InlineData("Earning__Bonuses__0__Step", "0", "above 0")]
    [InlineData("Earning__Bonuses__0__Miles", "some", "a whole number")]
    [InlineData("Earning__Bonuses__0__Multiplier", "2", "Earning__Bonuses__0 must have either Miles or Multiplier", "Earning__Bonuses__0")]
    [InlineData("Earning__Bonuses__0__Threshold", "1,5,x", "a number")]
    [InlineData("Earning__Bonuses__0__FirstDay", "2026-02-30", "a day")]
    [InlineData("Earning__Bonuses__0__ThresholdOf", "Basket", "one of MatchingLines, Order")]
    [InlineData("Earning__Bonuses__0__Sku__0", "SKU-1", "is not known", "Earning__Bonuses__0__Sku")]
    [InlineData("Earning__Bonuses__0__Categories", "grocery", "is a list")]
    [InlineData("Earning__Bonuses__2__Miles", "5", "is missing", "Earning__Bonuses__1")]
    [InlineData("Earning__Bonus__0__Miles", "5", "is not known", "Earning__Bonus")]
    [InlineData("Earning__Base__ExcludedCategories", "tobacco", "is a list")]
    public async Task A_bonus_that_would_not_be_what_was_meant_stops_it(string key, string value, string says, string? named = null)
    {
        var settings = new Dictionary<string, string>(Right)
        {
            ["Earning__Bonuses__0__Skus__0"] = "SKU-1",
            ["Earning__Bonuses__0__Miles"] = "50",
            ["Earning__Bonuses__0__IssuanceOfferCode"] = "BONUS",
            [key] = value,
        };

        var (exitCode, errors, _) = await RunAsync(settings);

        Assert.Equal(BadConfiguration, exitCode);
        var line = Assert.Single(errors);
        Assert.StartsWith($"configuration: {named ?? key} ", line, StringComparison.Ordinal);
        Assert.Contains(says, line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mistakes_of_several_kinds_at_once_are_no_crash()
    {
        var settings = new Dictionary<string, string>(Right) { ["Earning__Base__Step"] = "0", ["RabbitMq__Prefetch"] = "0" };
        foreach (var key in (string[])["ConnectionStrings__Loyalty", "AirMiles__ClientSecret", "AirMiles__SponsorCode"])
            settings.Remove(key);

        var (exitCode, errors, output) = await RunAsync(settings);

        Assert.Equal(BadConfiguration, exitCode);
        Assert.NotEmpty(errors);
        Assert.All(errors, line => Assert.StartsWith("configuration: ", line, StringComparison.Ordinal));
        Assert.DoesNotContain(Secret, output, StringComparison.Ordinal);
    }

    static async Task<(int ExitCode, string[] Errors, string Output)> RunAsync(Dictionary<string, string> settings)
    {
        await using var worker = Application.Start(
            "Loyalty.Messaging.Worker",
            "Loyalty.Messaging.Worker",
            settings,
            "--urls",
            "http://127.0.0.1:0"
        );
        var exitCode = await worker.ExitAsync();
        return (exitCode, worker.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries), worker.Output);
    }
}
