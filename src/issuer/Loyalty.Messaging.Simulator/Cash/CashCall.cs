using Loyalty.Messaging.Simulator.Answers;
using Loyalty.Messaging.Simulator.Calls;
using Loyalty.Messaging.Simulator.Records;
using Loyalty.Messaging.Simulator.Scripts;
using Loyalty.Messaging.Simulator.Tokens;

namespace Loyalty.Messaging.Simulator.Cash;

/// <summary>A call of ECHO or INQUIRE. Neither has an effect, so neither has a key.</summary>
internal sealed class CashCall(Reception reception, TokenCheck tokens, CashRules rules, ScriptBook scripts, CashAnswer answers)
{
    public const string EchoPath = "/checkout/amcash/echo";
    public const string InquirePath = "/checkout/amcash/inquire";

    public async Task HandleAsync(HttpContext http, bool inquiry)
    {
        var call = await reception.ReceiveAsync(http);
        if (tokens.RefusalOf(call) is { } refusal)
        {
            await reception.AnswerAsync(call, refusal);
            return;
        }

        if (rules.FlawOf(call, inquiry) is { } flaw)
        {
            await reception.AnswerAsync(call, reception.Breach(call, BreachKind.InvalidRequest, flaw));
            return;
        }

        var script = scripts.Take(inquiry ? ScriptPath.Inquire : ScriptPath.Echo, null, call.Attempt.CollectorNumber)?.Answer;
        await reception.AnswerAsync(
            call,
            Plan.From(
                script,
                () =>
                    inquiry
                        ? answers.ToInquiry(call.Json, script?.ResponseCode)
                        : CashAnswer.Write(
                            call.Json,
                            ResponseCodes.Of(script?.ResponseCode ?? ResponseCodes.Approved),
                            answers.Now,
                            _ => { }
                        )
            )
        );
    }
}
