using Loyalty.Messaging.Store.Jobs;
using Microsoft.AspNetCore.Diagnostics;

namespace Loyalty.Messaging.Ops.Faults;

/// <summary>The id of a request, by which it can be repeated safely, is that of another request.</summary>
internal sealed class UsedId(IProblemDetailsService problems) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is not JobIdInUseException used)
            return false;
        httpContext.Response.StatusCode = StatusCodes.Status409Conflict;
        return await problems.TryWriteAsync(
            new ProblemDetailsContext
            {
                HttpContext = httpContext,
                ProblemDetails = { Status = StatusCodes.Status409Conflict, Detail = used.Message },
            }
        );
    }
}
