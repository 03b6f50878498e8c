using Loyalty.Messaging.Delivery.Database;
using Microsoft.AspNetCore.Diagnostics;

namespace Loyalty.Messaging.Ops.Faults;

/// <summary>The database does not answer: that is no fault of the request, and may be asked again.</summary>
internal sealed partial class DatabaseAway(IProblemDetailsService problems, ILogger<DatabaseAway> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (!DatabaseFault.IsAway(exception))
            return false;
        DatabaseFault.ForgetConnections();
        NoAnswer(logger, exception.GetBaseException().Message);
        httpContext.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        httpContext.Response.Headers.RetryAfter = "5";
        return await problems.TryWriteAsync(
            new ProblemDetailsContext
            {
                HttpContext = httpContext,
                ProblemDetails =
                {
                    Status = StatusCodes.Status503ServiceUnavailable,
                    Detail =
                        "The database does not answer, or accepts no writes just now; ask again in a moment. "
                        + "Work continues when it is back; nothing is lost",
                },
            }
        );
    }

    [LoggerMessage(4002, LogLevel.Error, "The database does not answer: {Cause}")]
    static partial void NoAnswer(ILogger logger, string cause);
}
