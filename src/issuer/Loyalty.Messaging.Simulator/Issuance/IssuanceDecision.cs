using Loyalty.Messaging.Simulator.Answers;
using Loyalty.Messaging.Simulator.Records;
using Loyalty.Messaging.Simulator.Scripts;

namespace Loyalty.Messaging.Simulator.Issuance;

/// <summary>Decides what becomes of a good request: its effect, its answer, and what the key remembers.</summary>
internal sealed class IssuanceDecision(
    Ledger ledger,
    BreachLog breaches,
    ScriptBook scripts,
    IssuanceAnswer yes,
    SimulatorOptions options,
    TimeProvider time
)
{
    /// <summary>Why this reversal cannot be; none for an issuance, and none for a reversal that is already decided.</summary>
    public Objection? ObjectionTo(IssuanceRequest request, KnownKey known) =>
        request.Reversal && !known.HasEffect && known.Final is null ? ledger.ObjectionTo(request) : null;

    public ScriptAnswer? ScriptFor(IssuanceRequest request, KnownKey known) =>
        known.Pinned
            ? null
            : scripts
                .Take(request.Reversal ? ScriptPath.Reverse : ScriptPath.Post, request.ClientTransactionId, request.CollectorNumber)
                ?.Answer;

    public Plan Decide(IssuanceRequest request, KnownKey known, ScriptAnswer? script)
    {
        // A script that only says yes once more must not change a word of the yes that was given.
        if (known.Final is { } final && (script is null || script is { TellsSuccess: true, Kind: AnswerKind.Normal }))
            return new Plan(final) { Replayed = true, Delay = script?.Delay?.Span ?? TimeSpan.Zero };

        if (script is null && RejectionOf(request) is { } rejection)
        {
            known.Remember(rejection);
            return new Plan(rejection);
        }

        var accepted = Accepted(request, known, script);
        var plan = Plan.From(script, () => accepted);
        if (script?.Cache == true)
            known.Pin(plan.Answer);

        var effect = script?.EffectTime ?? EffectTime.Before;
        if (effect == EffectTime.Before)
            Apply(request, known);
        // An effect that is there or certain to come has its yes, whatever this call was told.
        if (effect != EffectTime.None)
            known.Remember(plan is { Kind: AnswerKind.Normal, Answer.IsSuccess: true } ? plan.Answer : accepted);
        else if (plan.Kind == AnswerKind.Normal && script?.Cache != false && plan.Answer.Status is 200 or 202 or 400)
            known.Remember(plan.Answer);
        return plan;
    }

    /// <summary>The effect that comes after its answer. The client may be gone; the issuer does not mind.</summary>
    public async Task ApplyLaterAsync(IssuanceRequest request, KnownKey known, ScriptAnswer script)
    {
        if (script.EffectDelay is { } delay)
            await Task.Delay(delay.Span, time, CancellationToken.None);
        Apply(request, known);
    }

    void Apply(IssuanceRequest request, KnownKey known)
    {
        if (known.HasEffect || known.Rejected)
            return;

        known.HasEffect = true;
        if (ledger.Append(request, known.Key, known.TransactionId) is { } objection)
            breaches.Add(objection.Kind, objection.Detail, request.ClientTransactionId);
    }

    Answer Accepted(IssuanceRequest request, KnownKey known, ScriptAnswer? script)
    {
        if (known.Final is { IsSuccess: true } given)
            return given;

        var status = script?.Status is 202 ? StatusCodes.Status202Accepted : StatusCodes.Status200OK;
        return yes.Write(request, known.TransactionId, status, script?.PendingStatus ?? false);
    }

    Answer? RejectionOf(IssuanceRequest request)
    {
        if (options.Rejected.Contains(request.CollectorNumber))
            return Answer.Refusal(StatusCodes.Status400BadRequest, "0025", "Invalid collector number");
        if (options.OfferCodes.Count > 0 && request.Issuances.Any(offer => !options.OfferCodes.Contains(offer.IssuanceOfferCode)))
            return Answer.Refusal(StatusCodes.Status400BadRequest, "0035", "issuanceOfferCode is not agreed with this partner");
        return null;
    }
}
