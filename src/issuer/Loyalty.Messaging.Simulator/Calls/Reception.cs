using System.Security.Cryptography;
using System.Text.Json;
using Loyalty.Messaging.Simulator.Answers;
using Loyalty.Messaging.Simulator.Records;

namespace Loyalty.Messaging.Simulator.Calls;

/// <summary>Takes calls in and sends answers out; whatever passes here stands in the attempt log.</summary>
internal sealed class Reception(AttemptLog attempts, BreachLog breaches, Delivery delivery)
{
    public async Task<IncomingCall> ReceiveAsync(HttpContext http)
    {
        using var buffer = new MemoryStream();
        await http.Request.Body.CopyToAsync(buffer, http.RequestAborted);
        var body = buffer.ToArray();
        var key = http.Request.Headers[IncomingCall.KeyHeader];
        var attempt = attempts.Begin(
            http.Request.Path,
            key.Count > 0 ? key.ToString() : null,
            Convert.ToHexStringLower(SHA256.HashData(body))
        );
        var call = new IncomingCall(http, body, attempt);
        ReadJson(call);
        attempt.ClientTransactionId = call.Peek("clientTransactionId");
        attempt.CollectorNumber = call.Peek("collectorNumber");
        return call;
    }

    public Answer Breach(IncomingCall call, string kind, string detail, int status = StatusCodes.Status400BadRequest)
    {
        breaches.Add(kind, detail, call.Attempt.ClientTransactionId);
        return Answer.Refusal(status, "0035", detail);
    }

    public Task AnswerAsync(IncomingCall call, Answer answer) => AnswerAsync(call, new Plan(answer));

    public async Task AnswerAsync(IncomingCall call, Plan plan, Action? beforeLastByte = null)
    {
        var attempt = call.Attempt;
        attempt.Kind = ScriptWords.Of(plan.Kind);
        attempt.AnswerPlanned = plan.Kind == Scripts.AnswerKind.Reset ? null : plan.Answer.Status;
        attempt.Replayed = plan.Replayed;
        attempt.Delivered = await delivery.SendAsync(
            call.Http,
            plan,
            () =>
            {
                // Said a moment early, so that a client that has its answer also reads that it has; taken back if it was gone.
                attempt.Delivered = plan.Kind is not (Scripts.AnswerKind.Reset or Scripts.AnswerKind.Truncate);
                beforeLastByte?.Invoke();
            }
        );
    }

    static void ReadJson(IncomingCall call)
    {
        if (call.Body.Length == 0)
            return;

        try
        {
            using var document = JsonDocument.Parse(call.Body);
            call.Json = document.RootElement.Clone();
        }
        catch (JsonException)
        {
            // Left undefined: whoever needs JSON says so in its own words.
        }
    }
}
