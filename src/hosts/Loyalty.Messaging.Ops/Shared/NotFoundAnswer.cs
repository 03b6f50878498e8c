namespace Loyalty.Messaging.Ops.Shared;

internal static class NotFoundAnswer
{
    /// <summary>
    /// The page that is being drawn says in its own words that what was asked for is not there, and is answered as 404.
    /// The status is set when the answer starts: set earlier, the renderer would throw the page's words away.
    /// </summary>
    public static void AnswersNotFound(this HttpContext http) =>
        http.Response.OnStarting(() =>
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
}
