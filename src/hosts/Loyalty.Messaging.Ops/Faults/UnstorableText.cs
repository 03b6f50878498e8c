using System.Data.Common;
using Microsoft.AspNetCore.Diagnostics;

namespace Loyalty.Messaging.Ops.Faults;

/// <summary>No text in the database can hold the character NUL: whoever sent it is told so, wherever in the request it was.</summary>
internal sealed class UnstorableText(IProblemDetailsService problems) : IExceptionHandler
{
    /// <summary>Of text, and of an escape sequence in JSON.</summary>
    static readonly string[] States = ["22021", "22P05"];

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (!IsRefused(exception))
            return false;
        httpContext.Response.StatusCode = StatusCodes.Status400BadRequest;
        return await problems.TryWriteAsync(
            new ProblemDetailsContext
            {
                HttpContext = httpContext,
                ProblemDetails =
                {
                    Status = StatusCodes.Status400BadRequest,
                    Detail = "Nothing was done: the request holds the character NUL (U+0000), which no text may contain",
                },
            }
        );
    }

    static bool IsRefused(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
            if (exception is DbException { SqlState: { } state } && States.Contains(state))
                return true;
        return false;
    }
}
