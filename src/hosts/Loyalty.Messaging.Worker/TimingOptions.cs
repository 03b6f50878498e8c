using System.Globalization;
using Loyalty.Messaging.Sagas;
using Microsoft.Extensions.Options;

namespace Loyalty.Messaging.Worker;

/// <summary>Section <c>Timing</c>: when the sagas come back to something on their own.</summary>
internal sealed class TimingOptions
{
    public const string Section = "Timing";

    static readonly SagaTiming Defaults = new();

    /// <summary>
    /// Waits before the durable tries of a call without an answer, separated by blanks or commas; <c>none</c> suspends after the tries in
    /// the call.
    /// Default 00:01:00 00:05:00 00:15:00 01:00:00 03:00:00 06:00:00 12:00:00.
    /// </summary>
    public string RetryDelays { get; set; } = string.Join(' ', Defaults.RetryDelays);

    /// <summary>The longest wait that the issuer may ask for with Retry-After. Default 24 hours.</summary>
    public TimeSpan LongestRetryAfter { get; set; } = Defaults.LongestRetryAfter;

    /// <summary>
    /// How long the issuer is trusted to know an idempotency key again; a call that may have taken effect is not sent
    /// automatically after that. Default 24 hours.
    /// </summary>
    public TimeSpan KeyLifetime { get; set; } = Defaults.KeyLifetime;

    /// <summary>When a call is tried again that was put off because the issuer is down. Default 00:05:00.</summary>
    public TimeSpan PostponedFor { get; set; } = Defaults.PostponedFor;

    /// <summary>How long after a pending answer the same call is made again to learn whether it is final. Default: never.</summary>
    public TimeSpan? ConfirmPendingAfter { get; set; }

    /// <summary>How often it is asked. Default 10.</summary>
    public int ConfirmPendingTries { get; set; } = Defaults.ConfirmPendingTries;

    /// <summary>How long a refund may wait for its order before somebody is told. Default 24 hours.</summary>
    public TimeSpan OrderExpectedWithin { get; set; } = Defaults.OrderExpectedWithin;

    /// <summary>After how long without an answer a call counts as lost and is sent to its queue again. Default 00:15:00.</summary>
    public TimeSpan CallLostAfter { get; set; } = Defaults.CallLostAfter;

    public SagaTiming Timing =>
        new()
        {
            RetryDelays = Delays(),
            LongestRetryAfter = LongestRetryAfter,
            KeyLifetime = KeyLifetime,
            PostponedFor = PostponedFor,
            ConfirmPendingAfter = ConfirmPendingAfter,
            ConfirmPendingTries = ConfirmPendingTries,
            OrderExpectedWithin = OrderExpectedWithin,
            CallLostAfter = CallLostAfter,
        };

    List<TimeSpan> Delays()
    {
        var words = RetryDelays.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries);
        return words is ["none"] ? [] : [.. words.Select(word => TimeSpan.Parse(word, CultureInfo.InvariantCulture))];
    }

    public sealed class Validation : IValidateOptions<TimingOptions>
    {
        public ValidateOptionsResult Validate(string? name, TimingOptions options)
        {
            var mistakes = Mistakes(options).ToList();
            return mistakes.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(mistakes);
        }

        static IEnumerable<string> Mistakes(TimingOptions options)
        {
            if (options.RetryDelays.Trim() != "none")
                foreach (var word in options.RetryDelays.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries))
                    if (
                        !TimeSpan.TryParse(word, CultureInfo.InvariantCulture, out var delay)
                        || delay <= TimeSpan.Zero
                        || delay > TimeSpan.FromDays(7)
                    )
                        yield return $"Timing__RetryDelays holds '{word}', which is not a time from 0 to 7 days (d.hh:mm:ss); or say none";
            foreach (
                var (key, value) in new (string, TimeSpan)[]
                {
                    (nameof(LongestRetryAfter), options.LongestRetryAfter),
                    (nameof(PostponedFor), options.PostponedFor),
                    (nameof(KeyLifetime), options.KeyLifetime),
                    (nameof(ConfirmPendingAfter), options.ConfirmPendingAfter ?? Defaults.PostponedFor),
                    (nameof(OrderExpectedWithin), options.OrderExpectedWithin),
                    (nameof(CallLostAfter), options.CallLostAfter),
                }
            )
                if (value <= TimeSpan.Zero || value > TimeSpan.FromDays(366))
                    yield return $"Timing__{key} must be above 0 and at most 366 days, not {value}";
            if (options.ConfirmPendingTries < 1)
                yield return $"Timing__ConfirmPendingTries must be 1 or more, not {options.ConfirmPendingTries}";
        }
    }
}
