using Microsoft.AspNetCore.Authorization;

namespace Loyalty.Messaging.Ops.Access;

/// <summary>
/// What no route answers: an unknown address, a method or content type that the address does not take. Whoever may look is told which;
/// everybody else is asked for a key, as at any other address.
/// </summary>
internal static class Unrouted
{
    static readonly EndpointMetadataCollection ForViewers = new(new AuthorizeAttribute(Roles.Viewer));

    /// <summary>
    /// After routing and before authorization. A route of ours is a <see cref="RouteEndpoint"/>; what the framework answers in place of one
    /// is not, and says nothing of roles.
    /// </summary>
    public static void UseUnrouted(this WebApplication app) =>
        app.Use(
            (context, next) =>
            {
                var endpoint = context.GetEndpoint();
                if (endpoint is not RouteEndpoint)
                    context.SetEndpoint(
                        new Endpoint(endpoint?.RequestDelegate ?? NotFoundAsync, ForViewers, endpoint?.DisplayName ?? "404")
                    );
                return next(context);
            }
        );

    static Task NotFoundAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}
