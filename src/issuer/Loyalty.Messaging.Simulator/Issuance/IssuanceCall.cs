using Loyalty.Messaging.Simulator.Answers;
using Loyalty.Messaging.Simulator.Calls;
using Loyalty.Messaging.Simulator.Records;
using Loyalty.Messaging.Simulator.Scripts;
using Loyalty.Messaging.Simulator.Tokens;

namespace Loyalty.Messaging.Simulator.Issuance;

/// <summary>A call of POST/EVENT or REVERSE/EVENT from its arrival to its answer.</summary>
internal sealed class IssuanceCall(
    Reception reception,
    TokenCheck tokens,
    IssuanceRules rules,
    KeyMemory keys,
    CollectorLanes lanes,
    IssuanceDecision decision
)
{
    public const string PostPath = "/checkout/issuance/post/event";
    public const string ReversePath = "/checkout/issuance/reverse/event";

    public async Task HandleAsync(HttpContext http, bool reversal)
    {
        var call = await reception.ReceiveAsync(http);
        if (tokens.RefusalOf(call) is { } refusal)
        {
            await reception.AnswerAsync(call, refusal);
            return;
        }

        if (rules.FlawOf(call, reversal) is { } flaw)
        {
            await reception.AnswerAsync(call, reception.Breach(call, BreachKind.InvalidRequest, flaw));
            return;
        }

        var request = IssuanceRequest.From(call.Json, reversal);
        var (standing, known) = keys.Open(call.IdempotencyKey!, http.Request.Path, call.Body, request.ClientTransactionId);
        var breach = BreachOf(call, standing);
        if (known is null)
        {
            await reception.AnswerAsync(call, breach!);
            return;
        }

        using var lane = await lanes.EnterAsync(request.CollectorNumber, http.RequestAborted);
        if (lane is null)
        {
            await reception.AnswerAsync(
                call,
                reception.Breach(call, BreachKind.CollectorInParallel, "collectorNumber has another transaction under way")
            );
            return;
        }

        await CarryOutAsync(call, request, known, lane);
    }

    async Task CarryOutAsync(IncomingCall call, IssuanceRequest request, KnownKey known, Lane lane)
    {
        if (decision.ObjectionTo(request, known) is { } objection)
        {
            await reception.AnswerAsync(call, new Plan(reception.Breach(call, objection.Kind, objection.Detail)), lane.Answered);
            return;
        }

        var script = decision.ScriptFor(request, known);
        await reception.AnswerAsync(call, decision.Decide(request, known, script), lane.Answered);
        // Not awaited: until this method returns, the client's connection would be kept from carrying its next call.
        if (script?.EffectTime == EffectTime.AfterAnswer)
            _ = decision.ApplyLaterAsync(request, known, script);
    }

    Answer? BreachOf(IncomingCall call, KeyStanding standing) =>
        standing switch
        {
            KeyStanding.OtherBody => reception.Breach(
                call,
                BreachKind.SameKeyOtherBody,
                $"{IncomingCall.KeyHeader} came before with another body",
                StatusCodes.Status422UnprocessableEntity
            ),
            KeyStanding.SecondKey => reception.Breach(
                call,
                BreachKind.SameTransactionTwoKeys,
                $"clientTransactionId came before under another {IncomingCall.KeyHeader}"
            ),
            _ => null,
        };
}
