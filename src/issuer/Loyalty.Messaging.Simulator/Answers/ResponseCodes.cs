namespace Loyalty.Messaging.Simulator.Answers;

/// <summary>The documented response codes of ECHO and INQUIRE.</summary>
internal static class ResponseCodes
{
    public const string Approved = "0000";
    public const string BalanceSuppressed = "0001";
    public const string BalanceSuppressedUnableToRedeem = "0005";
    public const string UnableToRedeem = "0006";
    public const string InvalidCollector = "0025";
    public const string InvalidParameter = "0035";
    public const string InsufficientMiles = "0051";

    static readonly Dictionary<string, ResponseCode> Codes = new ResponseCode[]
    {
        new(200, Approved, "Approved"),
        new(202, BalanceSuppressed, "Approved - Balance suppressed"),
        new(401, "0002", "Collector account inactive"),
        new(202, BalanceSuppressedUnableToRedeem, "Balance suppressed, unable to redeem"),
        new(202, UnableToRedeem, "Unable to redeem"),
        new(408, "0008", "Transaction timeout"),
        new(403, "0009", "Card not swiped or scanned"),
        new(401, InvalidCollector, "Invalid collector number"),
        new(400, InvalidParameter, "Invalid request parameter"),
        new(202, InsufficientMiles, "Insufficient AIR MILES reward Miles"),
        new(408, "0067", "Offer is temporarily unavailable"),
        new(503, "0092", "Scheduled outage"),
        new(500, "0096", "Server error or no response"),
    }.ToDictionary(code => code.Code, StringComparer.Ordinal);

    public static ResponseCode Of(string code) =>
        Codes.TryGetValue(code, out var known) ? known : new ResponseCode(StatusCodes.Status200OK, code, "Unknown response code");

    /// <summary>The code that goes with a status the documentation knows, or none.</summary>
    public static string? ForStatus(int status) =>
        status switch
        {
            400 => InvalidParameter,
            408 => "0008",
            500 => "0096",
            503 => "0092",
            _ => null,
        };
}

internal sealed record ResponseCode(int Status, string Code, string Message);
