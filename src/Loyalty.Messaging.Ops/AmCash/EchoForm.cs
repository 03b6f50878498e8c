using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.Ops.Site;
using MassTransit;

namespace Loyalty.Messaging.Ops.AmCash;

/// <summary>The button of the issuer's page.</summary>
internal static class EchoForm
{
    const string Page = "/issuer";

    public static void MapEchoForm(this RouteGroupBuilder forms) => forms.MapPost("/issuer/echo", RunAsync);

    static async Task<IResult> RunAsync(HttpContext http, IRequestClient<RunEcho> workers, Said said, CancellationToken cancellationToken)
    {
        try
        {
            var ran = (await workers.GetResponse<EchoRan>(new RunEcho { RequestedBy = http.User.Identity?.Name }, cancellationToken)).Message;
            return ran.Outcome == "answered"
                ? said.Done(http, $"The issuer has answered: {ran.Meaning}.", Page)
                : said.Refused(http, $"{ran.Outcome}: {ran.Meaning}. To act: {ran.Actor}.", Page);
        }
        catch (RequestException)
        {
            return said.Refused(http, "No worker has answered; look whether one is running.", Page);
        }
    }
}
