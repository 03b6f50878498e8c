using Loyalty.Messaging.AirMiles;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace Loyalty.Messaging.UnitTests.AirMiles;

public sealed class AirMilesOptionsTests
{
    [Fact]
    public void Defaults_are_the_documented_ones()
    {
        var options = new AirMilesOptions();

        Assert.Equal("https://cert.airmilesapis.ca/", options.BaseAddress!.AbsoluteUri);
        Assert.Equal(TimeSpan.FromSeconds(10), options.AttemptTimeout);
        Assert.Equal(32, options.MaxConcurrency);
        Assert.Null(options.RequestsPerSecond);
        Assert.Equal("America/Toronto", options.TransactionDayZone);
        Assert.Equal(OfferIdFormat.Number, options.OfferIdFormat);
        Assert.Equal(TimeSpan.FromMilliseconds(500), options.RetryDelay);
        Assert.Equal(
            [
                "AirMiles__TokenEndpoint is required",
                "AirMiles__ClientId is required; AIR MILES provides it",
                "AirMiles__ClientSecret (or AirMiles__ClientSecret__File) is required; AIR MILES provides it",
                "AirMiles__SponsorCode is required; AIR MILES provides it",
            ],
            options.Validate()
        );
    }

    [Theory]
    [InlineData("BaseAddress", "http://issuer.test", "AirMiles__BaseAddress must be https; http is accepted for loopback alone")]
    [InlineData("BaseAddress", "/relative", "AirMiles__BaseAddress must be an absolute https address")]
    [InlineData("BaseAddress", "ftp://issuer.test", "AirMiles__BaseAddress must be an absolute https address")]
    [InlineData("TokenEndpoint", "http://login.test", "AirMiles__TokenEndpoint must be https; http is accepted for loopback alone")]
    [InlineData("BaseAddress", "https://u:p@issuer.test", "AirMiles__BaseAddress must be an address alone")]
    [InlineData("SponsorCodes:0", " ", "AirMiles__SponsorCodes__0 must not be empty")]
    [InlineData("AttemptTimeout", "00:00:00", "AirMiles__AttemptTimeout must be between")]
    [InlineData("AttemptTimeout", "00:06:00", "AirMiles__AttemptTimeout must be between")]
    [InlineData("RetryDelay", "-00:00:01", "AirMiles__RetryDelay must be between")]
    [InlineData("MaxConcurrency", "0", "AirMiles__MaxConcurrency must be 1 or more")]
    [InlineData("RequestsPerSecond", "0", "AirMiles__RequestsPerSecond must be 1 or more")]
    [InlineData("OfferIdFormat", "7", "AirMiles__OfferIdFormat must be Number or String")]
    [InlineData("CollectorCheckDigit", "7", "AirMiles__CollectorCheckDigit must be off, warn or refuse")]
    [InlineData("TransactionDayZone", "America/Nowhere", "AirMiles__TransactionDayZone must be an IANA zone")]
    public void What_is_wrong_names_its_key(string key, string value, string sentence)
    {
        using var services = new IssuerStub().Services(null, (key, value));

        var error = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IStartupValidator>().Validate());

        Assert.StartsWith(sentence, Assert.Single(error.Failures), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:5000")]
    [InlineData("http://localhost:5000/api")]
    [InlineData("http://[::1]:5000")]
    public void Http_is_accepted_for_loopback(string address)
    {
        using var services = new IssuerStub().Services(null, ("BaseAddress", address), ("TokenEndpoint", address));

        services.GetRequiredService<IStartupValidator>().Validate();
    }
}
