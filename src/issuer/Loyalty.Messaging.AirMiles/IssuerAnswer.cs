using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Loyalty.Messaging.AirMiles;

/// <summary>
/// Reads an answer to POST/EVENT or REVERSE/EVENT. Tolerant of what may differ (absent and unknown members, numbers as strings), strict
/// about the one thing that matters: only an answer that can only be the issuer's is a yes.
/// </summary>
internal static class IssuerAnswer
{
    const int MaxReasonLength = 500;
    static readonly string[] Words =
    [
        "message",
        "responseMessage",
        "errorMessage",
        "error_description",
        "detail",
        "description",
        "error",
        "title",
    ];

    /// <param name="status">HTTP status.</param>
    /// <param name="body">The body; null when it was too long to be read.</param>
    /// <param name="retryAfter">What the Retry-After header asks for.</param>
    public static Reading Read(int status, byte[]? body, TimeSpan? retryAfter)
    {
        using var json = Parse(body);
        try
        {
            return Read(status, json?.RootElement, body, retryAfter);
        }
        catch (InvalidOperationException)
        {
            // JSON by its form, but with text in it that is no text, such as half of a surrogate pair.
            return Read(status, null, body, retryAfter);
        }
    }

    static Reading Read(int status, JsonElement? root, byte[]? body, TimeSpan? retryAfter)
    {
        var code = root is { } known ? Text(known, "responseCode") : null;
        var reading = status switch
        {
            200 when body is null => Reading.Unknown(
                $"200 with a body of more than {BoundedBody.MaxBytes} bytes; whether it took effect is not known",
                retryAfter
            ),
            200 when root is { } answer && IsTransaction(answer) => Accepted(answer, pending: false),
            200 => Reading.Unknown("200 with a body that is not the issuer's answer; whether it took effect is not known", retryAfter),
            202 => Accepted(root, pending: true),
            400 or 422 => Rejected(status, code, root, body),
            401 when code is not null => Rejected(status, code, root, body),
            401 => Reading.Stop(
                "401: the issuer refuses our token; check AirMiles__ClientId, AirMiles__ClientSecret and AirMiles__Audience"
            ) with
            {
                TokenRefused = true,
            },
            403 => Reading.Stop(
                With(
                    "403: the issuer does not let us in (credentials, sponsor code or IP allow-list); ask AIR MILES before trying again",
                    root
                ),
                retryAfter
            ),
            404 => Reading.Stop(With("404: the issuer knows no such address; check AirMiles__BaseAddress", root), retryAfter),
            >= 300 and < 400 => Reading.Stop($"{status}: a redirect, which is never followed; check AirMiles__BaseAddress", retryAfter),
            429 => Reading.NotNow(With("429 from the issuer", root), retryAfter),
            408 or 409 or >= 500 or (>= 200 and < 300) => Reading.Unknown(With($"{status} from the issuer", root), retryAfter),
            _ => Reading.Stop(With($"{status}, which the issuer does not document", root), retryAfter),
        };
        return reading with
        {
            ResponseCode = code,
            OutageDeclared = status == 503,
            AskedToWait = status is 429 or 503 ? retryAfter ?? TimeSpan.Zero : TimeSpan.Zero,
        };
    }

    static Reading Accepted(JsonElement? answer, bool pending)
    {
        var issuances = new List<IssuanceStatus>();
        if (answer is { } root && root.TryGetProperty("issuances", out var list) && list.ValueKind == JsonValueKind.Array)
        {
            foreach (var issuance in list.EnumerateArray())
            {
                if (issuance.ValueKind != JsonValueKind.Object)
                    continue;
                issuances.Add(
                    new IssuanceStatus(
                        Text(issuance, "issuanceOfferCode"),
                        Text(issuance, "offerId"),
                        int.TryParse(Text(issuance, "milesAmount"), CultureInfo.InvariantCulture, out var miles) ? miles : null,
                        Text(issuance, "status")
                    )
                );
            }
        }

        pending |= issuances.Exists(issuance => string.Equals(issuance.Status?.Trim(), "PENDING", StringComparison.OrdinalIgnoreCase));
        return new Reading(new CallOutcome.Accepted(pending, answer is { } body ? Text(body, "transactionId") : null, issuances));
    }

    static Reading Rejected(int status, string? code, JsonElement? root, byte[]? body)
    {
        var reason = root is { } answer ? Reason(answer) : null;
        reason ??= body is { Length: > 0 } ? Mask.Storable(Encoding.UTF8.GetString(body)).Trim() : null;
        reason = string.IsNullOrEmpty(reason) ? $"the issuer answered {status} and gave no reason" : Mask.Collectors(reason);
        return new Reading(new CallOutcome.Rejected(status, code, Short(reason)));
    }

    // A proxy's or a portal's 200 may be JSON too; these members are the issuer's.
    static bool IsTransaction(JsonElement answer) =>
        answer.TryGetProperty("transactionId", out _)
        || answer.TryGetProperty("clientTransactionId", out _)
        || answer.TryGetProperty("issuances", out _);

    static string With(string sentence, JsonElement? root) =>
        root is { } answer && Reason(answer) is { } reason ? $"{sentence}: {Short(Mask.Collectors(reason))}" : sentence;

    static string? Reason(JsonElement answer)
    {
        foreach (var word in Words)
        {
            if (Text(answer, word) is { Length: > 0 } text)
                return text;
        }

        if (!answer.TryGetProperty("errors", out var errors) || errors.ValueKind != JsonValueKind.Array)
            return null;
        var reasons = errors
            .EnumerateArray()
            .Select(error =>
                error.ValueKind switch
                {
                    JsonValueKind.String => Mask.Storable(error.GetString()!),
                    JsonValueKind.Object => Reason(error),
                    _ => null,
                }
            );
        var all = string.Join("; ", reasons.Where(reason => reason is not null));
        return all.Length > 0 ? all : null;
    }

    static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value)
            ? value.ValueKind switch
            {
                JsonValueKind.String => Mask.Storable(value.GetString()!),
                JsonValueKind.Number => value.GetRawText(),
                _ => null,
            }
            : null;

    static string Short(string text)
    {
        if (text.Length <= MaxReasonLength)
            return text;
        var end = char.IsHighSurrogate(text[MaxReasonLength - 1]) ? MaxReasonLength - 1 : MaxReasonLength;
        return $"{text[..end]}…";
    }

    static JsonDocument? Parse(byte[]? body)
    {
        if (body is null or { Length: 0 })
            return null;
        ReadOnlyMemory<byte> text = body.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? body.AsMemory(Encoding.UTF8.Preamble.Length) : body;
        try
        {
            var json = JsonDocument.Parse(text);
            if (json.RootElement.ValueKind == JsonValueKind.Object)
                return json;
            json.Dispose();
            return null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
