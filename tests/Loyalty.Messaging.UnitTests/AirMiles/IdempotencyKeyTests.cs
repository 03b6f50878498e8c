using Loyalty.Messaging.AirMiles;
using Xunit;

namespace Loyalty.Messaging.UnitTests.AirMiles;

public sealed class IdempotencyKeyTests
{
    // Pinned for ever: another value for the same act would let a repetition after an upgrade count as a second act.
    [Theory]
    [InlineData("issue", "W-1001", 0, "49655211-3e13-4373-8e44-4266e1412df5")]
    [InlineData("issue", "W-1001", 1, "f67ccca4-c4e3-4781-a5bb-0e53ac5cd477")]
    [InlineData("reverse", "RF-77", 0, "36d08b9c-8a38-4208-89a2-c16f3bcacf46")]
    public void The_key_of_an_act_never_changes(string act, string businessId, int revision, string key) =>
        Assert.Equal(key, IdempotencyKey.For(act, businessId, revision).ToString());

    [Fact]
    public void It_is_formatted_as_version_4()
    {
        for (var revision = 0; revision < 200; revision++)
            Assert.Matches(
                "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$",
                IdempotencyKey.For("issue", "W-1", revision).ToString()
            );
    }

    [Fact]
    public void Parts_do_not_run_into_each_other()
    {
        (string Act, string Id, int Revision)[] acts =
        [
            ("issue", "1x", 0),
            ("issue1", "x", 0),
            ("issue", "1X", 0),
            ("issue", "1x", 1),
            ("reverse", "1x", 0),
        ];

        Assert.Distinct(acts.Select(act => IdempotencyKey.For(act.Act, act.Id, act.Revision)));
    }
}
