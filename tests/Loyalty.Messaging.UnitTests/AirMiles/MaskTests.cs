using Loyalty.Messaging.AirMiles;
using Xunit;

namespace Loyalty.Messaging.UnitTests.AirMiles;

public sealed class MaskTests
{
    [Theory]
    [InlineData("80085102028", "*******2028")]
    [InlineData("""{"collectorNumber":"80085102028","n":80085102028}""", """{"collectorNumber":"*******2028","n":*******2028}""")]
    [InlineData("a80085102028b", "a*******2028b")]
    [InlineData("800851020280", "800851020280")]
    [InlineData("180085102028", "180085102028")]
    [InlineData("70085102028", "70085102028")]
    [InlineData("8008510202", "8008510202")]
    [InlineData("Authorization: Bearer eyJ0.a-b_c/+=, next", "Authorization: Bearer ***, next")]
    [InlineData("bearer abc", "Bearer ***")]
    public void Collectors_and_tokens_are_masked_and_nothing_else(string text, string masked) =>
        Assert.Equal(masked, Mask.Collectors(text));

    [Fact]
    public void A_number_is_masked_before_the_text_is_cut()
    {
        var cut = Mask.Response(new string('x', 2040) + "80085102028");

        Assert.Equal(new string('x', 2040) + "*******2", cut);
    }
}
