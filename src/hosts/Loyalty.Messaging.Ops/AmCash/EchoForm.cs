using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.Ops.Shared;
using Loyalty.Messaging.RabbitMq.Publish;
using MassTransit;

namespace Loyalty.Messaging.Ops.AmCash;

/// <summary>The button of the issuer's page.</summary>
internal static class EchoForm
{
    const string Page = "/issuer";

    public static void MapEchoForm(this RouteGroupBuilder forms) => forms.MapPost("/issuer/echo", RunAsync);

    static async Task<IResult> RunAsync(
        HttpContext http,
        IRequestClient<RunEcho> workers,
        PublishWatch publishing,
        FlashMessage said,
        CancellationToken cancellationToken
    )
    {
        try
        {
            publishing.ThrowUnlessTaking();
            var ran = (
                await workers.GetResponse<EchoRan>(new RunEcho { RequestedBy = http.User.Identity?.Name }, cancellationToken)
            ).Message;
            return ran.Outcome == "answered"
                ? said.Done(http, $"The issuer has answered: {ran.Meaning}.", Page)
                : said.Refused(http, $"{ran.Outcome}: {ran.Meaning}. To act: {ran.Actor}.", Page);
        }
        catch (RequestException exception)
        {
            const string silence = "No worker has answered; check whether one is running.";
            return said.Refused(http, exception is UnsentQuestionException ? $"{exception.Message}." : silence, Page);
        }
    }
}
