using System.Diagnostics;
using Loyalty.Messaging.Ops.Access;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Loyalty.Messaging.Ops.Faults;

/// <summary>The same sentence as a page, when a person asks. It is made without the database, which may be what is missing.</summary>
internal sealed class FaultPageWriter : IProblemDetailsWriter
{
    public bool CanWrite(ProblemDetailsContext context) => People.Ask(context.HttpContext.Request);

    public async ValueTask WriteAsync(ProblemDetailsContext context)
    {
        var (http, problem) = (context.HttpContext, context.ProblemDetails);
        var status = problem.Status ?? http.Response.StatusCode;
        await new RazorComponentResult<FaultPage>(
            new Dictionary<string, object?>
            {
                [nameof(FaultPage.Status)] = status,
                [nameof(FaultPage.Detail)] = problem.Detail ?? FaultsRegistration.SentenceFor(status, forPeople: true),
                [nameof(FaultPage.TraceId)] =
                    status >= StatusCodes.Status500InternalServerError ? Activity.Current?.Id ?? http.TraceIdentifier : null,
            }
        )
        {
            StatusCode = status,
        }.ExecuteAsync(http);
    }
}
