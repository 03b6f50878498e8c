using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Loyalty.Messaging.Contracts;

namespace Loyalty.Messaging.DeadLetters.Collecting;

/// <summary>Why a message was given up: by what it is grouped, and who must act.</summary>
public sealed partial record Cause
{
    public const string Commerce = "commerce";
    public const string Issuer = "issuer";
    public const string Us = "us";
    public const string Configuration = "configuration";

    /// <summary>All owners, in the order in which they are shown.</summary>
    public static IReadOnlyList<string> Owners { get; } = [Commerce, Issuer, Configuration, Us];

    /// <summary>One of <see cref="DeadLetterHeaders"/>' kinds.</summary>
    public required string Kind { get; init; }
    public required string Endpoint { get; init; }
    public string? MessageType { get; init; }
    public string? Exception { get; init; }
    public required string Reason { get; init; }

    /// <summary>Who must act.</summary>
    public string Owner =>
        Kind switch
        {
            DeadLetterHeaders.Invalid or DeadLetterHeaders.Conflict => Commerce,
            DeadLetterHeaders.Skipped => Configuration,
            DeadLetterHeaders.Failed when Names("AirMiles", "HttpRequestException") => Issuer,
            DeadLetterHeaders.Failed when Names("Configuration", "OptionsValidation") => Configuration,
            _ => Us,
        };

    /// <summary>The same for the same cause, whatever the ids and numbers in the message.</summary>
    public Guid Fingerprint =>
        new(
            SHA256
                .HashData(
                    Encoding.UTF8.GetBytes(
                        string.Join('\n', Kind, Partition().Replace(Endpoint, "$1-NN"), MessageType, Exception, WithoutValues(Reason))
                    )
                )
                .AsSpan(0, 16)
        );

    /// <summary>What to do about it.</summary>
    public static string ActionFor(string kind, string owner) =>
        (kind, owner) switch
        {
            (DeadLetterHeaders.Invalid, _) =>
                "Ask commerce to correct the event and to publish it again under the same id; or correct it here and send it",
            (DeadLetterHeaders.Conflict, _) =>
                "The first event under this id stands. Ask commerce to send a difference as a refund, or as a new order; "
                    + "then discard this one",
            (DeadLetterHeaders.Skipped, _) => "No consumer of this queue knows the type: deploy the worker that does and replay it, "
                + "or discard what was sent here by mistake",
            (DeadLetterHeaders.DeliveryLimit, _) =>
                "Workers gave it back or died with it twenty times: read their logs at that time, fix the cause, "
                    + "then replay one alone before the rest",
            (_, Issuer) => "Look at the issuer's health; when it answers again, replay it: the same call goes out under the same key",
            (_, Configuration) => "Correct the setting named in the reason, restart the workers, then replay it",
            _ => "Read the worker's log at that time, fix the cause, then replay one alone before the rest: "
                + "whatever has taken effect already is recognized",
        };

    /// <summary>A reason with its ids, numbers and quotations taken out.</summary>
    public static string WithoutValues(string reason) =>
        Values().Replace(Quotations().Replace(Indexes().Replace(reason, "[#]"), "'…'"), "#");

    bool Names(params ReadOnlySpan<string> parts)
    {
        foreach (var part in parts)
            if (Exception?.Contains(part, StringComparison.Ordinal) == true)
                return true;
        return false;
    }

    [GeneratedRegex(@"^(.+)-\d\d+$")]
    private static partial Regex Partition();

    [GeneratedRegex(@"\[\d+\]")]
    private static partial Regex Indexes();

    [GeneratedRegex(@"'[^']*'|""[^""]*""")]
    private static partial Regex Quotations();

    [GeneratedRegex(@"(?<![\w\[])[\w./:*-]*\d[\w./:*-]*")]
    private static partial Regex Values();
}
