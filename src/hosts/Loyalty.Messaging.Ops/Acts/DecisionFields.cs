using System.Globalization;
using Loyalty.Messaging.Ops.Shared;

namespace Loyalty.Messaging.Ops.Acts;

/// <summary>Reads a decision from the fields of its form.</summary>
internal static class DecisionFields
{
    public static RetryRequest Retry(IFormCollection form) =>
        new()
        {
            Reason = form["reason"].ToString().Trim(),
            OperationId = Operation(form),
            EvenIfForgotten = form["evenIfForgotten"] == "true",
        };

    public static OrderApprovalRequest Approval(IFormCollection form) =>
        new() { Reason = form["reason"].ToString().Trim(), OperationId = Operation(form) };

    public static CancellationRequest Cancellation(IFormCollection form) =>
        new()
        {
            Reason = form["reason"].ToString().Trim(),
            OperationId = Operation(form),
            NoEffect = form["noEffect"] == "true",
        };

    /// <returns>What is wrong with the new time, as a sentence; null when nothing is.</returns>
    public static string? TimerMistake(IFormCollection form) =>
        form["what"] == "move" && DueAt(form) is null ? "enter the new time as 2026-11-21 15:04, in UTC" : null;

    public static TimerRequest Timer(IFormCollection form, TimeProvider time)
    {
        var what = form["what"].ToString();
        return new TimerRequest
        {
            Reason = form["reason"].ToString().Trim(),
            OperationId = Operation(form),
            Cancel = what == "cancel",
            DueAt =
                what == "now" ? time.GetUtcNow()
                : what == "move" ? DueAt(form)
                : null,
        };
    }

    /// <summary>What is empty, or was left as it was, stays as it was.</summary>
    public static CorrectionRequest Correction(IFormCollection form, IReadOnlyList<Earning.OfferMiles>? before)
    {
        var offers = OfferFields.Read(form);
        return new CorrectionRequest
        {
            Reason = form["reason"].ToString().Trim(),
            OperationId = Operation(form),
            CollectorNumber = Given(form["collectorNumber"]) is { } number ? Ids.CollectorNumberOf(number) ?? number : null,
            LocationCode = Given(form["locationCode"]),
            DeviceId = Given(form["deviceId"]),
            Offers = offers.Count == 0 || OfferFields.AreSame(offers, before ?? []) ? null : offers,
        };
    }

    static DateTimeOffset? DueAt(IFormCollection form) =>
        DateTimeOffset.TryParse(
            form["dueAt"],
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var due
        )
            ? due
            : null;

    static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    static Guid? Operation(IFormCollection form) => Guid.TryParse(form["operationId"], out var operation) ? operation : null;
}
