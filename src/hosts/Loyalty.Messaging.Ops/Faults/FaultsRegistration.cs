namespace Loyalty.Messaging.Ops.Faults;

/// <summary>
/// What is said when something goes wrong: problem+json, with a sentence where there is one and never with an exception's words.
/// </summary>
internal static class FaultsRegistration
{
    public static void AddFaults(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IProblemDetailsWriter, FaultPageWriter>();
        builder.Services.AddProblemDetails(problems =>
            problems.CustomizeProblemDetails = context =>
                context.ProblemDetails.Detail ??= SentenceFor(context.HttpContext.Response.StatusCode, forPeople: false)
        );
        // In every environment the same: what cannot be bound comes to MalformedRequest.
        builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        builder.Services.AddExceptionHandler<MalformedRequest>();
        builder.Services.AddExceptionHandler<DatabaseAway>();
        builder.Services.AddExceptionHandler<UnstorableText>();
        builder.Services.AddExceptionHandler<UnansweredQuestion>();
        builder.Services.AddExceptionHandler<UsedId>();
    }

    public static void UseFaults(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages();
    }

    public static string? SentenceFor(int status, bool forPeople) =>
        (status, forPeople) switch
        {
            (StatusCodes.Status401Unauthorized, _) => "A key is needed: Authorization: Bearer KEY. `loyalty keys new` makes one",
            (StatusCodes.Status403Forbidden, true) => "Your role does not allow this, and nothing was done. Ask somebody whose role does",
            (StatusCodes.Status403Forbidden, false) => "The role of this key does not allow this",
            (StatusCodes.Status404NotFound, true) =>
                "The address may be mistyped, or what it was about has gone. Search finds orders and refunds by their ids",
            (StatusCodes.Status404NotFound, false) => "There is nothing at this address; /openapi/v1.json lists what there is",
            (StatusCodes.Status405MethodNotAllowed, _) => "This address knows other methods; the header Allow names them",
            (StatusCodes.Status413PayloadTooLarge, _) => "The request is larger than this address accepts",
            (StatusCodes.Status415UnsupportedMediaType, _) =>
                "The body has a Content-Type that this address does not accept; /openapi/v1.json names it",
            (StatusCodes.Status500InternalServerError, true) =>
                "It is our fault, not yours. Reload the page before you repeat an act: it may have been done",
            (StatusCodes.Status500InternalServerError, false) =>
                "Something went wrong here; the log of the ops site has it under the traceId",
            _ => null,
        };
}
