using System.Security.Cryptography;
using System.Text;
using Loyalty.Messaging.Simulator.Answers;
using Loyalty.Messaging.Simulator.Calls;
using Loyalty.Messaging.Simulator.Scripts;
using Microsoft.AspNetCore.WebUtilities;

namespace Loyalty.Messaging.Simulator.Tokens;

/// <summary><c>POST /oauth/token</c>: OAuth 2.0 client credentials and nothing else.</summary>
internal sealed class TokenCall(TokenIssuer tokens, Reception reception, ScriptBook scripts, SimulatorOptions options)
{
    public const string Path = "/oauth/token";

    public async Task HandleAsync(HttpContext http)
    {
        tokens.CountRequest();
        var call = await reception.ReceiveAsync(http);
        var rule = scripts.Take(ScriptPath.Token, null, null);
        await reception.AnswerAsync(call, Plan.From(rule?.Answer, () => Judge(call)));
    }

    Answer Judge(IncomingCall call)
    {
        if (!call.HasMediaType("application/x-www-form-urlencoded"))
            return Error(StatusCodes.Status400BadRequest, "invalid_request");

        var form = QueryHelpers.ParseQuery(Encoding.UTF8.GetString(call.Body));
        if (form["grant_type"] != "client_credentials")
            return Error(StatusCodes.Status400BadRequest, "unsupported_grant_type");
        if (!Same(form["client_id"], options.ClientId) || !Same(form["client_secret"], options.ClientSecret))
            return Error(StatusCodes.Status401Unauthorized, "invalid_client");

        return Answer.Json(
            StatusCodes.Status200OK,
            SimulatorJson.Body(json =>
            {
                json.WriteString("access_token", tokens.Issue());
                json.WriteString("token_type", "Bearer");
                json.WriteNumber("expires_in", (long)options.TokenLifetime.TotalSeconds);
            })
        );
    }

    static Answer Error(int status, string error) => Answer.Json(status, SimulatorJson.Body(json => json.WriteString("error", error)));

    static bool Same(string? sent, string known) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(sent ?? ""), Encoding.UTF8.GetBytes(known));
}
