using Loyalty.Messaging.RabbitMq.Publish;
using MassTransit;
using Microsoft.AspNetCore.Diagnostics;

namespace Loyalty.Messaging.Ops.Faults;

/// <summary>No worker answered a question: that is no fault of the request, and may be asked again.</summary>
internal sealed partial class UnansweredQuestion(IProblemDetailsService problems, ILogger<UnansweredQuestion> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is not RequestException)
            return false;
        var (status, detail) = exception switch
        {
            RequestTimeoutException => (
                StatusCodes.Status504GatewayTimeout,
                "No worker has answered in time; ask again, or check whether one is running"
            ),
            RequestFaultException => (
                StatusCodes.Status502BadGateway,
                "A worker tried it and failed; its log says why, and a decision is among the dead letters"
            ),
            UnsentQuestionException => (StatusCodes.Status503ServiceUnavailable, exception.Message),
            _ => (
                StatusCodes.Status503ServiceUnavailable,
                "The question did not reach a worker: none has ever run here, or the broker is away"
            ),
        };
        NoAnswer(logger, exception.GetBaseException().GetType().Name);
        httpContext.Response.StatusCode = status;
        return await problems.TryWriteAsync(
            new ProblemDetailsContext { HttpContext = httpContext, ProblemDetails = { Status = status, Detail = detail } }
        );
    }

    // The type alone: the words of a fault may hold what was asked.
    [LoggerMessage(4003, LogLevel.Warning, "A question to the workers was not answered: {Cause}")]
    static partial void NoAnswer(ILogger logger, string cause);
}
