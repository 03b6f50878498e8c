using System.Security.Cryptography;
using System.Text;
using Loyalty.Messaging.Simulator.Answers;
using Loyalty.Messaging.Simulator.Calls;
using Loyalty.Messaging.Simulator.Records;

namespace Loyalty.Messaging.Simulator.Tokens;

/// <summary>Lets in what carries a good token.</summary>
internal sealed class TokenCheck(TokenIssuer tokens, BreachLog breaches)
{
    /// <returns>The refusal of a call that carries no good token; null when it does.</returns>
    public Answer? RefusalOf(IncomingCall call)
    {
        var authorization = call.Http.Request.Headers.Authorization.ToString();
        if (authorization.Length > 0)
            call.Attempt.TokenId = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(authorization)))[..12];
        var verdict = tokens.Judge(authorization);
        if (verdict.Refusal is not { } refusal)
            return null;
        if (verdict.BreachKind is { } kind)
            breaches.Add(kind, refusal, call.Attempt.ClientTransactionId);
        // No responseCode: that is how a client tells a bad token from a business 401.
        return Answer.Refusal(StatusCodes.Status401Unauthorized, null, "Missing or invalid Bearer token");
    }
}
