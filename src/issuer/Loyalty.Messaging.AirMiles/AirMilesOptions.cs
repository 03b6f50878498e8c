namespace Loyalty.Messaging.AirMiles;

/// <summary>How the issuer is reached; section <c>AirMiles</c>.</summary>
public sealed class AirMilesOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "AirMiles";

    /// <summary>The longest wait inside a call; whoever asks for more is asked again by the caller's durable retries.</summary>
    internal static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    static readonly TimeSpan DefaultEchoInterval = TimeSpan.FromMinutes(5);

    /// <summary>Root of the API; https, or http on loopback. Default the certification environment.</summary>
    public Uri? BaseAddress { get; set; } = new("https://cert.airmilesapis.ca");

    /// <summary>OAuth 2.0 token endpoint; https, or http on loopback. Required.</summary>
    public Uri? TokenEndpoint { get; set; }

    /// <summary>Client id given by AIR MILES. Required.</summary>
    public string? ClientId { get; set; }

    /// <summary>Client secret given by AIR MILES. Required; never logged.</summary>
    public string? ClientSecret { get; set; }

    /// <summary>Audience of the token; left out of the token request when empty.</summary>
    public string? Audience { get; set; }

    /// <summary>Sponsor code of orders that name none. Required.</summary>
    public string? SponsorCode { get; set; }

    /// <summary>Further sponsor codes that orders may name. Default none.</summary>
    public IList<string> SponsorCodes { get; set; } = [];

    /// <summary>Store, for ECHO and INQUIRE.</summary>
    public string? StoreId { get; set; }

    /// <summary>Vendor, for ECHO and INQUIRE.</summary>
    public string? VendorId { get; set; }

    /// <summary>Device, for ECHO and INQUIRE.</summary>
    public string? DeviceId { get; set; }

    /// <summary>Acquirer, for INQUIRE.</summary>
    public string? AcquirerId { get; set; }

    /// <summary>How often ECHO asks whether the issuer is there. 00:00:01 to 1.00:00:00, or 00:00:00 for never; default 00:05:00.</summary>
    public TimeSpan EchoInterval { get; set; } = DefaultEchoInterval;

    /// <summary>How long one request, and one token request, may take. 00:00:00.01 to 00:05:00; default 00:00:10.</summary>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Calls in flight at once in this process. 1 or more; default 32.</summary>
    public int MaxConcurrency { get; set; } = 32;

    /// <summary>Requests per second in this process, retries included. 1 or more; default no limit.</summary>
    public int? RequestsPerSecond { get; set; }

    /// <summary>IANA zone of the issuer's transaction day. Default <c>America/Toronto</c>.</summary>
    public string TransactionDayZone { get; set; } = "America/Toronto";

    /// <summary>What is done about a collector number whose check digit is wrong. Default <see cref="CollectorCheckDigit.Warn"/>.</summary>
    public CollectorCheckDigit CollectorCheckDigit { get; set; } = CollectorCheckDigit.Warn;

    /// <summary>How whole-number offer ids are written. Default <see cref="OfferIdFormat.Number"/>.</summary>
    public OfferIdFormat OfferIdFormat { get; set; } = OfferIdFormat.Number;

    /// <summary>
    /// Wait before the first repetition inside a call; it doubles, with jitter. 00:00:00 to 00:00:30; default 00:00:00.5.
    /// </summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// So many requests within 30 seconds, half of them without an answer, pause all calls of this process. 2 or more; default 20.
    /// </summary>
    public int BreakerThroughput { get; set; } = 20;

    /// <summary>How long a call waits for the end of a pause before it is put off. 00:00:01 to 00:10:00; default 00:02:00.</summary>
    public TimeSpan LongestPause { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Keys that ECHO cannot do without and that are not set.</summary>
    public IReadOnlyList<string> MissingForEcho =>
        Missing(("AirMiles__StoreId", StoreId), ("AirMiles__VendorId", VendorId), ("AirMiles__DeviceId", DeviceId));

    /// <summary>The interval of ECHO, or of an ECHO that is switched off.</summary>
    internal TimeSpan EchoPace => EchoInterval > TimeSpan.Zero ? EchoInterval : DefaultEchoInterval;

    /// <summary>Keys that this inquiry cannot do without and that are not set.</summary>
    internal IReadOnlyList<string> MissingForInquire(AmCash.Inquiry inquiry) =>
        Missing(
            ("AirMiles__AcquirerId", AcquirerId),
            ("AirMiles__StoreId", inquiry.StoreId ?? StoreId),
            ("AirMiles__VendorId", VendorId),
            ("AirMiles__DeviceId", inquiry.DeviceId ?? DeviceId)
        );

    /// <summary>What is wrong, one sentence each that names the key; empty when the issuer can be called.</summary>
    public IEnumerable<string> Validate()
    {
        foreach (var sentence in Address("AirMiles__BaseAddress", BaseAddress).Concat(Address("AirMiles__TokenEndpoint", TokenEndpoint)))
            yield return sentence;
        if (string.IsNullOrWhiteSpace(ClientId))
            yield return "AirMiles__ClientId is required; AIR MILES provides it";
        if (string.IsNullOrWhiteSpace(ClientSecret))
            yield return "AirMiles__ClientSecret (or AirMiles__ClientSecret__File) is required; AIR MILES provides it";
        if (string.IsNullOrWhiteSpace(SponsorCode))
            yield return "AirMiles__SponsorCode is required; AIR MILES provides it";
        for (var index = 0; index < SponsorCodes.Count; index++)
        {
            if (string.IsNullOrWhiteSpace(SponsorCodes[index]))
                yield return $"AirMiles__SponsorCodes__{index} must not be empty";
        }

        if (AttemptTimeout < TimeSpan.FromMilliseconds(10) || AttemptTimeout > TimeSpan.FromMinutes(5))
            yield return $"AirMiles__AttemptTimeout must be between 00:00:00.01 and 00:05:00, not {AttemptTimeout}";
        if (RetryDelay < TimeSpan.Zero || RetryDelay > LongestWait)
            yield return $"AirMiles__RetryDelay must be between 00:00:00 and {LongestWait}, not {RetryDelay}";
        if (BreakerThroughput < 2)
            yield return $"AirMiles__BreakerThroughput must be 2 or more, not {BreakerThroughput}";
        if (LongestPause < TimeSpan.FromSeconds(1) || LongestPause > TimeSpan.FromMinutes(10))
            yield return $"AirMiles__LongestPause must be between 00:00:01 and 00:10:00, not {LongestPause}";
        if (MaxConcurrency < 1)
            yield return $"AirMiles__MaxConcurrency must be 1 or more, not {MaxConcurrency}";
        if (RequestsPerSecond < 1)
            yield return $"AirMiles__RequestsPerSecond must be 1 or more, or absent for no limit, not {RequestsPerSecond}";
        if (!Enum.IsDefined(CollectorCheckDigit))
            yield return "AirMiles__CollectorCheckDigit must be off, warn or refuse";
        if (EchoInterval != TimeSpan.Zero && (EchoInterval < TimeSpan.FromSeconds(1) || EchoInterval > TimeSpan.FromDays(1)))
            yield return $"AirMiles__EchoInterval must be between 00:00:01 and 1.00:00:00, or 00:00:00 for never, not {EchoInterval}";
        if (!Enum.IsDefined(OfferIdFormat))
            yield return "AirMiles__OfferIdFormat must be Number or String";
        if (string.IsNullOrWhiteSpace(TransactionDayZone) || !TimeZoneInfo.TryFindSystemTimeZoneById(TransactionDayZone, out _))
            yield return $"AirMiles__TransactionDayZone must be an IANA zone that this machine knows, not '{TransactionDayZone}'";
    }

    static List<string> Missing(params (string Key, string? Value)[] settings) =>
        [.. settings.Where(setting => string.IsNullOrWhiteSpace(setting.Value)).Select(setting => setting.Key)];

    static IEnumerable<string> Address(string key, Uri? address)
    {
        if (address is null)
            yield return $"{key} is required";
        else if (!address.IsAbsoluteUri || (address.Scheme != Uri.UriSchemeHttps && address.Scheme != Uri.UriSchemeHttp))
            yield return $"{key} must be an absolute https address";
        else if (address.Scheme == Uri.UriSchemeHttp && !address.IsLoopback)
            yield return $"{key} must be https; http is accepted for loopback alone";
        else if (address.UserInfo.Length > 0 || address.Query.Length > 0 || address.Fragment.Length > 0)
            yield return $"{key} must be an address alone, without user, query or fragment";
    }
}
