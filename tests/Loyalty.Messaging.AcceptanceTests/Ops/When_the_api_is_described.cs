using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.Ops;

/// <summary>
/// /openapi/v1.json is what other teams generate clients from: it has to be right, and to leave out nothing that a route may answer.
/// </summary>
[Collection(nameof(RunningSite))]
public sealed partial class When_the_api_is_described(RunningSite site)
{
    const string NobodysDay = "2001-01-01";
    const string NoId = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff";

    static readonly HttpClient Http = new();

    [Fact]
    public async Task The_linter_has_nothing_to_say()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, await DescriptionAsync());
            var found = await Linters.OpenApiAsync(file);
            Assert.True(found.Count == 0, string.Join('\n', found));
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>The description is the same wherever it is read, whatever name the site was asked under.</summary>
    [Fact]
    public async Task It_names_no_machine()
    {
        var description = await DescriptionAsync();
        Assert.DoesNotContain("127.0.0.1", description, StringComparison.Ordinal);
        using var document = JsonDocument.Parse(description);
        Assert.Equal(
            ["/"],
            document.RootElement.GetProperty("servers").EnumerateArray().Select(server => server.GetProperty("url").GetString())
        );
    }

    [Fact]
    public async Task Every_operation_says_what_it_is_called_and_what_it_takes_and_gives_examples()
    {
        using var document = JsonDocument.Parse(await DescriptionAsync());
        var root = document.RootElement;
        Assert.Equal(
            "bearer",
            root.GetProperty("components").GetProperty("securitySchemes").GetProperty("key").GetProperty("scheme").GetString()
        );
        Assert.True(root.GetProperty("security").EnumerateArray().All(choice => choice.TryGetProperty("key", out _)));
        foreach (var (route, operation) in Operations(root))
        {
            Assert.True(operation.GetProperty("operationId").GetString()!.Length > 0, route);
            Assert.True(operation.GetProperty("summary").GetString()!.Length > 0, route);
            Assert.NotEmpty(operation.GetProperty("tags").EnumerateArray());
            if (operation.TryGetProperty("requestBody", out var body))
                Assert.All(
                    body.GetProperty("content").EnumerateObject(),
                    content => Assert.True(content.Value.TryGetProperty("example", out _), $"{route}: no example of its body")
                );
            foreach (
                var parameter in operation.TryGetProperty("parameters", out var parameters)
                    ? parameters.EnumerateArray().Where(parameter => parameter.GetProperty("in").GetString() == "path")
                    : []
            )
                Assert.True(parameter.TryGetProperty("example", out _), $"{route}: no example of {parameter.GetProperty("name")}");
            foreach (var answer in operation.GetProperty("responses").EnumerateObject().Where(answer => answer.Name[0] is '4' or '5'))
            {
                var problem = answer.Value.GetProperty("content").GetProperty("application/problem+json").GetProperty("example");
                Assert.Equal(answer.Name, problem.GetProperty("status").ToString());
                Assert.True(problem.GetProperty("detail").GetString()!.Length > 0, $"{route} {answer.Name}");
            }
        }
    }

    /// <summary>
    /// Asked wrongly in every way, with the least and with the highest role: nothing is answered that is not described, and every refusal
    /// is a sentence.
    /// </summary>
    [Fact]
    public async Task What_is_answered_is_described()
    {
        using var document = JsonDocument.Parse(await DescriptionAsync());
        var wrong = new StringBuilder();
        foreach (var (route, operation) in Operations(document.RootElement))
        foreach (var (how, request) in Requests(route, operation))
        {
            using var answer = await Http.SendAsync(request);
            var status = ((int)answer.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture);
            if (!operation.GetProperty("responses").TryGetProperty(status, out var described))
                wrong.Append(route).Append(' ').Append(how).Append(": ").Append(status).Append(" is not described\n");
            else if (!answer.IsSuccessStatusCode && !await IsSentenceAsync(answer))
                wrong.Append(route).Append(' ').Append(how).Append(": ").Append(status).Append(" without a sentence\n");
            else if (
                answer.Content.Headers.ContentType is { } type
                && answer.IsSuccessStatusCode
                && !described.GetProperty("content").TryGetProperty(type.MediaType!, out _)
            )
                wrong.Append(route).Append(' ').Append(how).Append(": ").Append(type).Append(" is not described\n");
            request.Dispose();
        }
        Assert.True(wrong.Length == 0, wrong.ToString());
    }

    /// <summary>An example that the site itself does not understand is none.</summary>
    [Fact]
    public async Task An_example_of_a_body_is_understood()
    {
        using var document = JsonDocument.Parse(await DescriptionAsync());
        foreach (
            var (route, operation) in Operations(document.RootElement).Where(entry => entry.Operation.TryGetProperty("requestBody", out _))
        )
        {
            var content = operation.GetProperty("requestBody").GetProperty("content").EnumerateObject().First();
            var example = content.Value.GetProperty("example");
            using var request = Request(
                route,
                RunningSite.KeyOf("approver"),
                new StringContent(
                    example.ValueKind == JsonValueKind.String ? example.GetString()! : example.GetRawText(),
                    Encoding.UTF8,
                    content.Name
                )
            );
            using var answer = await Http.SendAsync(request);
            var said = await answer.Content.ReadAsStringAsync();
            // What this site was not set up for was understood.
            Assert.True(
                answer.StatusCode
                    is not (HttpStatusCode.BadRequest or HttpStatusCode.UnsupportedMediaType or HttpStatusCode.InternalServerError)
                    || said.Contains("Collectors__IndexKey is not set", StringComparison.Ordinal),
                $"{route}: {(int)answer.StatusCode} {said}"
            );
        }
    }

    async Task<string> DescriptionAsync()
    {
        using var answer = await site.AskAsync("GET", "/openapi/v1.json", RunningSite.KeyOf("viewer"));
        return await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync();
    }

    static IEnumerable<(string Route, JsonElement Operation)> Operations(JsonElement document) =>
        from path in document.GetProperty("paths").EnumerateObject()
        from operation in path.Value.EnumerateObject()
        where operation.Value.TryGetProperty("responses", out _)
        select ($"{operation.Name.ToUpperInvariant()} {path.Name}", operation.Value);

    IEnumerable<(string How, HttpRequestMessage Request)> Requests(string route, JsonElement operation)
    {
        var highest = RunningSite.KeyOf("approver");
        yield return ("without a key", Request(route, null, null));
        yield return ("with a wrong key", Request(route, "the-key-of-nobody", null));
        yield return ("as a viewer", Request(route, RunningSite.KeyOf("viewer"), Json("{}")));
        if (operation.TryGetProperty("requestBody", out _))
        {
            yield return ("without a body", Request(route, highest, null));
            yield return ("with an empty object", Request(route, highest, Json("{}")));
            yield return ("with what is no JSON", Request(route, highest, Json("{")));
            yield return ("with another JSON", Request(route, highest, Json("[]")));
            yield return ("with a form", Request(route, highest, new FormUrlEncodedContent([KeyValuePair.Create("reason", "why")])));
            yield return ("with a reason", Request(route, highest, Json("{\"reason\":\"why not\"}")));
        }
        else if (!route.StartsWith("GET", StringComparison.Ordinal))
            yield return ("without a body", Request(route, highest, null));
        else
            yield return ("as it is", Request(route, highest, null));
        foreach (
            var parameter in operation.TryGetProperty("parameters", out var parameters)
                ? parameters.EnumerateArray().Where(parameter => parameter.GetProperty("in").GetString() == "query")
                : []
        )
            yield return (
                $"with a wrong {parameter.GetProperty("name")}",
                Request(
                    $"{route}?{parameter.GetProperty("name")}=%C2%A7",
                    highest,
                    route.StartsWith("GET", StringComparison.Ordinal) ? null : Json("{}")
                )
            );
    }

    HttpRequestMessage Request(string route, string? key, HttpContent? content)
    {
        var request = new HttpRequestMessage(
            new HttpMethod(route.Split(' ')[0]),
            new Uri(site.Guarded, Parameter().Replace(route.Split(' ')[1], name => name.Value == "{day}" ? NobodysDay : NoId))
        )
        {
            Content = content,
        };
        if (key is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return request;
    }

    static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    static async Task<bool> IsSentenceAsync(HttpResponseMessage answer)
    {
        if (answer.Content.Headers.ContentType?.MediaType != "application/problem+json")
            return false;
        using var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return problem.RootElement.TryGetProperty("detail", out var detail) && detail.GetString()!.Length > 0;
    }

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Parameter();
}
