using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.Ops.Access;
using Loyalty.Messaging.RabbitMq.Publish;
using Loyalty.Messaging.Store.Echoes;
using MassTransit;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Loyalty.Messaging.Ops.AmCash;

/// <summary><c>/api/v1/echo</c>: whether the issuer is there.</summary>
internal static class EchoEndpoints
{
    public static void MapEcho(this RouteGroupBuilder api)
    {
        api.MapGet("/echo", ShowAsync)
            .WithName("ShowEcho")
            .WithTags("AM Cash")
            .WithSummary("The last answers of the issuer to ECHO; nothing is asked");
        api.MapPost("/echo", RunAsync)
            .WithName("RunEcho")
            .WithTags("AM Cash")
            .WithSummary("Ask the issuer now, through a worker")
            .RequireAuthorization(Roles.Operator)
            .ProducesProblem(StatusCodes.Status502BadGateway)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .ProducesProblem(StatusCodes.Status504GatewayTimeout);
    }

    static async Task<Ok<EchoView>> ShowAsync(EchoQueries queries, CancellationToken cancellationToken) =>
        TypedResults.Ok(await queries.LatestAsync(cancellationToken));

    /// <summary>200 whatever the issuer says: that is what was asked.</summary>
    static async Task<Ok<EchoRan>> RunAsync(
        HttpContext http,
        IRequestClient<RunEcho> workers,
        PublishWatch publishing,
        CancellationToken cancellationToken
    )
    {
        publishing.ThrowUnlessTaking();
        var answer = await workers.GetResponse<EchoRan>(new RunEcho { RequestedBy = http.User.Identity?.Name }, cancellationToken);
        return TypedResults.Ok(answer.Message);
    }
}
