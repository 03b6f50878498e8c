using System.Text.RegularExpressions;

namespace Loyalty.Messaging.Contracts;

/// <summary>
/// Reads inquiries as <see cref="CommerceEvents"/> reads events: strictly in what is needed, leniently in what is not known.
/// </summary>
public static partial class BalanceInquiries
{
    /// <summary>How a card may come in.</summary>
    public static IReadOnlyList<string> CardEntryModes { get; } = ["SWIPE", "SCAN", "PREREGISTERED"];

    /// <exception cref="ContractViolationException">The body is no valid inquiry; the message names the fields.</exception>
    public static InquireBalance Read(ReadOnlyMemory<byte> body) => CommerceEvents.Read("inquire-balance", body, InquiryOf);

    static InquireBalance? InquiryOf(JsonCursor at)
    {
        var collector = at.TextLike(
            "collectorNumber",
            CommerceEvents.CollectorPattern(),
            "must be 11 digits and start with 8",
            required: true
        );
        var amount = at.Dollars("amount");
        var mode = at.TextLike("cardEntryMode", ModePattern(), $"must be one of {string.Join(", ", CardEntryModes)}", required: true);
        var language = at.TextLike("instantMessage", LanguagePattern(), "must be a language and a country, as en-CA");
        var sponsor = at.TextLike("sponsorCode", CommerceEvents.SponsorPattern(), "must be 1 to 8 letters or digits");
        var store = at.TextLike("storeId", AnyText(), "must not be blank");
        var device = at.TextLike("deviceId", AnyText(), "must not be blank");
        return collector is null || amount is null || mode is null
            ? null
            : new InquireBalance
            {
                CollectorNumber = collector,
                Amount = amount.Value,
                CardEntryMode = mode,
                InstantMessage = language,
                SponsorCode = sponsor,
                StoreId = store,
                DeviceId = device,
            };
    }

    [GeneratedRegex(@"^(SWIPE|SCAN|PREREGISTERED)\z", RegexOptions.CultureInvariant)]
    private static partial Regex ModePattern();

    [GeneratedRegex(@"^[a-z]{2}-[A-Z]{2}\z", RegexOptions.CultureInvariant)]
    private static partial Regex LanguagePattern();

    [GeneratedRegex(@"[^ \t\r\n]", RegexOptions.CultureInvariant)]
    private static partial Regex AnyText();
}
