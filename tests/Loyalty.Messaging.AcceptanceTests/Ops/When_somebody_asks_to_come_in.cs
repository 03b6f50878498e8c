using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.Ops;

/// <summary>
/// Every route, with what it takes to be let in, is written down in a file; a new route is not there, and fails until somebody has decided.
/// </summary>
[Collection(nameof(RunningSite))]
public sealed partial class When_somebody_asks_to_come_in(RunningSite site)
{
    const string File = "tests/Loyalty.Messaging.AcceptanceTests/Ops/routes.approved.txt";
    const string Anybody = "anybody";
    const string WrongKey = "a wrong key";
    const string NoKey = "no key";

    /// <summary>
    /// Of the form that every route takes for an id; a route that does not match lets in whom the page for unknown addresses lets in.
    /// </summary>
    const string NoId = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff";

    /// <summary>What the API's description leaves out.</summary>
    static readonly string[] Undescribed =
    [
        "GET /assets/{fingerprint}/{name}",
        "GET /health/live",
        "GET /health/ready",
        "GET /openapi/v1.json",
        "GET /{anything-else}",
        "GET /api/v1/{anything-else}",
    ];

    /// <summary>From the least to the most.</summary>
    static readonly string[] Callers = [NoKey, WrongKey, .. RunningSite.Roles];

    public static TheoryData<string, string, string> Visits
    {
        get
        {
            var visits = new TheoryData<string, string, string>();
            foreach (var line in Approved.Read(File).Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#'))
            foreach (var caller in Callers)
                visits.Add(RouteOf(line), line.Split("  ")[^1], caller);
            return visits;
        }
    }

    [Fact]
    public async Task The_routes_and_who_may_use_them_are_those_that_were_approved()
    {
        var text = new StringBuilder("# Every route of the ops site, and the least role that is let in.\n");
        foreach (var route in Undescribed.Concat(await DescribedAsync()).Concat(PagesAndForms()))
            text.Append(route).Append("  ").Append(await LeastAsync(route)).Append('\n');
        text.Append("\n# A route outside the description could be forgotten above; these are the only lines that let in anybody.\n");
        foreach (var line in OpenDoors())
            text.Append("# ").Append(line).Append('\n');
        Approved.Matches(File, text.ToString());
    }

    /// <summary>A route whose address is put together, or that hangs on something with another name, would not be asked for.</summary>
    [Fact]
    public void Every_route_is_one_that_is_found()
    {
        var mapped = SourcesOf("Ops").SelectMany(StatementsOf).Where(statement => Mapping().IsMatch(statement)).ToList();
        Assert.NotEmpty(mapped);
        Assert.All(
            mapped,
            statement =>
                Assert.True(
                    SiteRoute().IsMatch(statement) || Asset().IsMatch(statement) || IsDescribed(statement),
                    "neither in the API's description (on api, letters, jobs or parked: a group of another name is added here) "
                        + $"nor an address in full on app, site or forms: {statement.Trim()}"
                )
        );
    }

    [Theory, MemberData(nameof(Visits))]
    public async Task A_route_lets_in_whom_it_may(string route, string least, string caller)
    {
        using var answer = await VisitAsync(route, caller);
        if (least == Anybody || Array.IndexOf(Callers, caller) >= Array.IndexOf(Callers, least))
            Assert.False(IsRefused(answer), $"{caller} got {(int)answer.StatusCode} from {route}");
        else
            Assert.Equal(caller is NoKey or WrongKey ? HttpStatusCode.Unauthorized : HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Theory]
    [InlineData(null, "a key is needed")]
    [InlineData("the-key-of-nobody", "a key is needed")]
    public async Task Who_is_not_let_in_is_told_what_is_needed_and_nothing_else(string? key, string sentence)
    {
        using var answer = await site.AskAsync("GET", "/api/v1/stats", key);
        Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.ToString());
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        var body = await answer.Content.ReadAsStringAsync();
        Assert.Contains(
            sentence,
            JsonDocument.Parse(body).RootElement.GetProperty("detail").GetString(),
            StringComparison.OrdinalIgnoreCase
        );
        Assert.DoesNotContain("the-key-of", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_is_open_and_says_what_is_there()
    {
        using var live = await site.AskAsync("GET", "/health/live", null);
        using var ready = await site.AskAsync("GET", "/health/ready", null);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (live.StatusCode, ready.StatusCode));
        Assert.Contains("\"database\"", await ready.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_key_that_was_presented_is_in_the_log()
    {
        using var answer = await site.AskAsync("GET", "/api/v1/stats", "the-key-of-nobody");
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        var log = await Eventually.SeeAsync(
            () => Task.FromResult(string.Concat(site.System.Applications.Select(application => application.Output))),
            output => output.Contains("a key that is not known", StringComparison.Ordinal),
            "the refusal in the log"
        );
        Assert.DoesNotContain("the-key-of", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_keys_only_this_machine_under_its_own_name_is_let_in()
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(site.Open, "/api/v1/stats"))
        {
            Headers = { Host = "a-page-on-the-web.example" },
        };
        using var answer = await http.SendAsync(request);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Theory]
    [InlineData("Production", "http://127.0.0.1:0")]
    [InlineData("Development", "http://0.0.0.0:0")]
    public async Task Without_keys_it_does_not_start_where_others_could_come_in(string environment, string urls)
    {
        var settings = site.System.WorkerSettings();
        settings["ASPNETCORE_ENVIRONMENT"] = environment;
        settings["Ops__Urls"] = urls;
        await using var ops = Application.Start("Loyalty.Messaging.Ops", "Loyalty.Messaging.Ops", settings);
        Assert.Equal(78, await ops.ExitAsync());
        Assert.StartsWith(
            "configuration: Ops__Keys__",
            Assert.Single(ops.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)),
            StringComparison.Ordinal
        );
    }

    /// <summary>From the site's own description, so that what is added there is asked for here.</summary>
    async Task<IEnumerable<string>> DescribedAsync()
    {
        using var answer = await site.AskAsync("GET", "/openapi/v1.json", RunningSite.KeyOf("viewer"));
        var paths = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("paths");
        return paths
            .EnumerateObject()
            .SelectMany(path =>
                path.Value.EnumerateObject()
                    .Where(operation => operation.Value.TryGetProperty("responses", out _))
                    .Select(operation => $"{operation.Name.ToUpperInvariant()} {path.Name}")
            )
            .Order(StringComparer.Ordinal);
    }

    /// <summary>From the sources: what a page says of its address, and where its forms are posted to.</summary>
    static IEnumerable<string> PagesAndForms() =>
        SourcesOf("Ops")
            .SelectMany(file =>
                Page()
                    .Matches(System.IO.File.ReadAllText(file))
                    .Select(page => $"GET {page.Groups[1].Value}")
                    .Concat(
                        SiteRoute()
                            .Matches(System.IO.File.ReadAllText(file))
                            .Select(route => $"{route.Groups[1].Value.ToUpperInvariant()} {route.Groups[2].Value}")
                    )
            )
            .Order(StringComparer.Ordinal);

    /// <summary>However its lines are laid out.</summary>
    static string[] StatementsOf(string file) => System.IO.File.ReadAllText(file).Split(';');

    static IEnumerable<string> SourcesOf(string room) =>
        Directory
            .EnumerateFiles(Path.Combine(Repository.Root, "src/hosts", $"Loyalty.Messaging.{room}"), "*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is ".cs" or ".razor")
            .Order(StringComparer.Ordinal);

    static IEnumerable<string> OpenDoors() =>
        from room in (string[])["Ops", "ServiceDefaults"]
        from file in SourcesOf(room)
        from line in System.IO.File.ReadLines(file)
        where line.Contains("AllowAnonymous", StringComparison.Ordinal)
        select $"{Path.GetFileName(file)}: {line.Trim()}";

    async Task<string> LeastAsync(string route)
    {
        foreach (var caller in Callers)
        {
            using var answer = await VisitAsync(route, caller);
            if (!IsRefused(answer))
                return caller is NoKey or WrongKey ? Anybody : caller;
        }
        return "nobody";
    }

    async Task<HttpResponseMessage> VisitAsync(string route, string caller)
    {
        var answer = await site.AskAsync(
            route.Split(' ')[0],
            Parameter().Replace(route.Split(' ')[1], NoId),
            caller switch
            {
                NoKey => null,
                WrongKey => "the-key-of-nobody",
                _ => RunningSite.KeyOf(caller),
            }
        );
        // Neither is said by the route that was meant, and so tells nothing of whom it lets in.
        Assert.False(
            answer.StatusCode is HttpStatusCode.UnsupportedMediaType or HttpStatusCode.MethodNotAllowed,
            $"{route} was not asked as it wants to be: {answer.StatusCode}"
        );
        return answer;
    }

    static bool IsDescribed(string line) => Described().IsMatch(line) && !line.Contains("ExcludeFromDescription", StringComparison.Ordinal);

    static bool IsRefused(HttpResponseMessage answer) => answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden;

    static string RouteOf(string line) => line.Split("  ")[0];

    [GeneratedRegex("^@page \"(/[^\"]*)\"", RegexOptions.Multiline)]
    private static partial Regex Page();

    [GeneratedRegex("\\b(?:app|site|forms)\\s*\\.Map(Get|Post)\\(\\s*\"(/[^\"]*)\"")]
    private static partial Regex SiteRoute();

    [GeneratedRegex(@"\.Map(Get|Post|Put|Delete|Patch|Methods|Fallback)\(")]
    private static partial Regex Mapping();

    /// <summary>Of the group that the description is made of.</summary>
    [GeneratedRegex(@"\b(api|letters|jobs|parked)\s*\.Map")]
    private static partial Regex Described();

    /// <summary>Written down above by hand.</summary>
    [GeneratedRegex("app\\s*\\.MapGet\\(\\s*\\$\"\\{Prefix\\}/")]
    private static partial Regex Asset();

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Parameter();
}
