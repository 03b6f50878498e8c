namespace Loyalty.Messaging.Ops.Shared;

/// <summary>303: the form was taken, what came of it is on another page, which may be reloaded without sending it again.</summary>
internal sealed class SeeOtherRedirect(string address) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
        httpContext.Response.Headers.Location = address;
        return Task.CompletedTask;
    }
}
