namespace Loyalty.Messaging.Ops.Access;

/// <summary>Whether a person with a browser asks, or a program.</summary>
internal static class People
{
    static readonly string[] ForPrograms = ["/api", "/openapi", "/health"];

    /// <summary>A page is wanted, or a form was sent: the answer is to be a page.</summary>
    public static bool Ask(HttpRequest request) =>
        !Array.Exists(ForPrograms, prefix => request.Path.StartsWithSegments(prefix, StringComparison.OrdinalIgnoreCase))
        && request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    /// <summary>Where a person may be sent on this site; the overview when the address leads elsewhere.</summary>
    public static string LocalPath(string? path) =>
        path is ['/', ..] and not ['/', '/' or '\\', ..]
        && !path.AsSpan().ContainsAnyExceptInRange('!', '~')
        && !path.StartsWith("/sign-", StringComparison.OrdinalIgnoreCase)
            ? path
            : "/";
}
