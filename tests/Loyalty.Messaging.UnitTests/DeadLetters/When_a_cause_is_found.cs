using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.DeadLetters.Collecting;
using Xunit;

namespace Loyalty.Messaging.UnitTests.DeadLetters;

public sealed class When_a_cause_is_found
{
    [Theory]
    [InlineData("lines[0].quantity must be above 0", "lines[12].quantity must be above 0")]
    [InlineData("the release of tonight forgot order BR-1", "the release of tonight forgot order W-77301/b")]
    [InlineData("Order 'one' has come before", "Order 'another' has come before")]
    [InlineData("Order \"one\" has come before", "Order \"another\" has come before")]
    [InlineData("row 0f8fad5b-d9cb-469f-a165-70867728950e is locked", "row 7c9e6679-7425-40de-944b-e07fc1f90ae7 is locked")]
    [InlineData("of *******2028 at 2026-11-21T15:04:05Z", "of *******0010 at 2026-11-22T09:00:00-05:00")]
    [InlineData("waited 15.5 s for 127.0.0.1:5432", "waited 3 s for 10.0.0.7:5433")]
    public void Ids_and_numbers_make_no_difference(string one, string other)
    {
        Assert.Equal(Cause.WithoutValues(one), Cause.WithoutValues(other));
        Assert.Equal(Of(one).Fingerprint, Of(other).Fingerprint);
    }

    [Theory]
    [InlineData("lines[0].quantity must be above 0", "lines[0].amount must be above 0")]
    [InlineData("locationCode is required", "collectorNumber is required")]
    [InlineData("locationCode is required", "locationCode is required; deviceId is required")]
    [InlineData("a timeout", "a refusal")]
    public void Other_fields_are_another_cause(string one, string other) => Assert.NotEqual(Of(one).Fingerprint, Of(other).Fingerprint);

    [Fact]
    public void Partitions_are_one_queue_and_everything_else_that_differs_is_another_cause()
    {
        var cause = Of("a defect") with
        {
            Endpoint = "loyalty.issuance-03",
            MessageType = "OrderCompleted",
            Exception = "System.InvalidOperationException",
        };
        Assert.Equal(cause.Fingerprint, (cause with { Endpoint = "loyalty.issuance-11" }).Fingerprint);
        Cause[] others =
        [
            cause with
            {
                Endpoint = "loyalty.reversal-03",
            },
            cause with
            {
                MessageType = "OrderRefunded",
            },
            cause with
            {
                MessageType = null,
            },
            cause with
            {
                Exception = "System.TimeoutException",
            },
            cause with
            {
                Kind = DeadLetterHeaders.Skipped,
            },
        ];
        Assert.Equal(others.Length + 1, others.Append(cause).Select(each => each.Fingerprint).Distinct().Count());
    }

    /// <summary>It stands in the database: a release that groups otherwise tears groups and notes apart.</summary>
    [Fact]
    public void A_fingerprint_is_what_it_was() =>
        Assert.Equal(Guid.Parse(Pinned), (Of("lines[0].quantity must be above 0") with { MessageType = "OrderCompleted" }).Fingerprint);

    const string Pinned = "6a08be45-f21e-da43-fbed-e25f34e67107";

    [Theory]
    [InlineData(DeadLetterHeaders.Invalid, null, "commerce")]
    [InlineData(DeadLetterHeaders.Conflict, null, "commerce")]
    [InlineData(DeadLetterHeaders.Skipped, null, "configuration")]
    [InlineData(DeadLetterHeaders.DeliveryLimit, null, "us")]
    [InlineData(DeadLetterHeaders.Failed, null, "us")]
    [InlineData(DeadLetterHeaders.Failed, "System.NullReferenceException", "us")]
    [InlineData(DeadLetterHeaders.Failed, "System.Net.Http.HttpRequestException", "issuer")]
    [InlineData(DeadLetterHeaders.Failed, "Microsoft.Extensions.Options.OptionsValidationException", "configuration")]
    [InlineData("of another release", null, "us")]
    public void Somebody_must_act_and_is_told_what_to_do(string kind, string? exception, string owner)
    {
        var cause = Of("a defect") with { Kind = kind, Exception = exception };
        Assert.Equal(owner, cause.Owner);
        Assert.Contains(owner, Cause.Owners);
        Assert.NotEmpty(Cause.ActionFor(kind, owner));
    }

    static Cause Of(string reason) =>
        new()
        {
            Kind = DeadLetterHeaders.Invalid,
            Endpoint = "loyalty.issuance",
            Reason = reason,
        };
}
