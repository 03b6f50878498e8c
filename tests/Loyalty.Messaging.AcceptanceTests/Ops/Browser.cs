using System.Net;
using System.Text.RegularExpressions;

namespace Loyalty.Messaging.AcceptanceTests.Ops;

/// <summary>
/// As much of a browser as forms and cookies need: it keeps what it is given, follows no redirect by itself and runs no script.
/// </summary>
internal sealed partial class Browser(Uri site) : IDisposable
{
    readonly CookieContainer _cookies = new();
    readonly List<HttpClient> _opened = [];

    public IReadOnlyList<Cookie> Cookies => [.. (IEnumerable<Cookie>)_cookies.GetAllCookies()];

    public string? SetCookie { get; private set; }

    /// <summary>The same person at another instance.</summary>
    public Browser At(Uri other)
    {
        var browser = new Browser(other);
        foreach (var cookie in Cookies)
            browser._cookies.Add(new Cookie(cookie.Name, cookie.Value, "/", other.Host));
        return browser;
    }

    public Task<HttpResponseMessage> GetAsync(string path, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Get, path, null, headers);

    public async Task<string> ReadAsync(string path)
    {
        using var answer = await GetAsync(path);
        return answer.StatusCode == HttpStatusCode.OK
            ? await answer.Content.ReadAsStringAsync()
            : throw new InvalidOperationException($"{(int)answer.StatusCode} from {path}");
    }

    public Task<HttpResponseMessage> PostAsync(string path, HttpContent content, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Post, path, content, headers);

    /// <summary>Fills in a form of a page and sends it.</summary>
    /// <returns>Where the answer leads.</returns>
    public async Task<string> SubmitAsync(string page, string action, params (string Name, string Value)[] fields)
    {
        var form = Form(await ReadAsync(page), action) ?? throw new InvalidOperationException($"{page} has no form for {action}");
        var values = Inputs(form)
            .Where(input => fields.All(field => field.Name != input.Name))
            .Concat(fields)
            .Select(field => KeyValuePair.Create(field.Name, field.Value));
        using var answer = await PostAsync(action, new FormUrlEncodedContent(values), ("Sec-Fetch-Site", "same-origin"));
        return answer.StatusCode == HttpStatusCode.SeeOther
            ? answer.Headers.Location!.OriginalString
            : throw new InvalidOperationException($"{(int)answer.StatusCode} from {action}: {await answer.Content.ReadAsStringAsync()}");
    }

    public async Task<string> SignInAsync(string key, string path = "/sign-in") => await SubmitAsync(path, "/sign-in", ("key", key));

    /// <summary>The form of a page that is sent to an address; null when there is none.</summary>
    public static string? Form(string html, string action) =>
        Forms()
            .Matches(html)
            .Select(match => match.Value)
            .FirstOrDefault(form => form.Contains($"action=\"{action}\"", StringComparison.Ordinal));

    static IEnumerable<(string Name, string Value)> Inputs(string form) =>
        from Match input in Input().Matches(form)
        let name = Attribute(input.Value, "name")
        where name is not null && Attribute(input.Value, "type") is not ("radio" or "checkbox")
        select (name, Attribute(input.Value, "value") ?? "");

    static string? Attribute(string tag, string name) =>
        Regex.Match(tag, $" {name}=\"([^\"]*)\"") is { Success: true } match ? WebUtility.HtmlDecode(match.Groups[1].Value) : null;

    async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content, (string Name, string Value)[] headers)
    {
        var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = _cookies });
        _opened.Add(http);
        using var request = new HttpRequestMessage(method, new Uri(site, path)) { Content = content };
        request.Headers.Accept.ParseAdd("text/html,application/xhtml+xml,*/*;q=0.8");
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        var answer = await http.SendAsync(request);
        SetCookie = answer.Headers.TryGetValues("Set-Cookie", out var set) ? string.Join('\n', set) : null;
        return answer;
    }

    public void Dispose() => _opened.ForEach(http => http.Dispose());

    [GeneratedRegex("<form.*?</form>", RegexOptions.Singleline)]
    private static partial Regex Forms();

    [GeneratedRegex("<input[^>]*>")]
    private static partial Regex Input();
}
