using Loyalty.Messaging.AirMiles;
using Xunit;

namespace Loyalty.Messaging.UnitTests.AirMiles;

public sealed class CollectorNumberTests
{
    [Theory]
    [InlineData("80085102028", true)]
    [InlineData("84095202006", true)]
    [InlineData("80060860886", true)]
    [InlineData("80061948870", true)] // remainder 1
    [InlineData("80061948872", false)]
    [InlineData("81111111111", false)]
    [InlineData("80000000001", false)]
    [InlineData("8008510202", false)]
    [InlineData("800851020288", false)]
    [InlineData("8008510202x", false)]
    [InlineData("٨٠٠٨٥١٠٢٠٢٨", false)]
    [InlineData("", false)]
    public void HasCheckDigit_follows_the_weighted_sum(string number, bool expected) =>
        Assert.Equal(expected, CollectorNumber.HasCheckDigit(number));

    [Fact]
    public void HasCheckDigit_finds_a_misread_digit()
    {
        const string number = "80085102028";
        foreach (var position in Enumerable.Range(0, 10))
        {
            foreach (var digit in "0123456789".Where(digit => digit != number[position]))
            {
                var misread = number[..position] + digit + number[(position + 1)..];
                Assert.False(CollectorNumber.HasCheckDigit(misread), misread);
            }
        }
    }
}
