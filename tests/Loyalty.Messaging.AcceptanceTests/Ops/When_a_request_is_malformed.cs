using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.Ops;

/// <summary>
/// What cannot be read is the asker's mistake and is named, in development as in production; it is no fault of the site and no unknown
/// address.
/// </summary>
[Collection(nameof(RunningSite))]
public sealed class When_a_request_is_malformed(RunningSite site)
{
    static readonly HttpClient Http = new();

    [Theory]
    [InlineData("audit?before=x", "before must be a whole number")]
    [InlineData("audit?limit=many", "limit must be a whole number")]
    [InlineData("jobs?before=zz", "before must be an instant, as 2026-11-21T15:04:05Z")]
    [InlineData("jobs/4f8b6f0e-6c0f-4b0e-9f0e-0d6f3f1f2a01/items?after=x", "after must be a whole number")]
    public async Task A_parameter_is_named_with_what_it_has_to_be(string path, string sentence)
    {
        foreach (var address in (Uri[])[site.Open, site.Guarded])
        {
            using var answer = await SendAsync(HttpMethod.Get, new Uri(address, $"/api/v1/{path}"), null);
            await IsProblemAsync(answer, HttpStatusCode.BadRequest, sentence);
        }
    }

    [Theory]
    [InlineData("{", "The body is not valid JSON of the form that /openapi/v1.json describes")]
    [InlineData("""{ "rate": "fast" }""", "$.rate in the body is not what it has to be, or a field is missing there")]
    [InlineData("", "The request cannot be read; /openapi/v1.json describes what it has to be")]
    public async Task A_body_is_named_with_its_field(string body, string sentence)
    {
        foreach (var address in (Uri[])[site.Open, site.Guarded])
        {
            using var answer = await SendAsync(
                HttpMethod.Post,
                new Uri(address, "/api/v1/jobs"),
                new StringContent(body, Encoding.UTF8, "application/json")
            );
            await IsProblemAsync(answer, HttpStatusCode.BadRequest, sentence);
        }
    }

    /// <summary>Asked with the least of keys: it is the address that does not take it, and not the role that is not enough.</summary>
    [Fact]
    public async Task Another_content_type_and_another_method_are_told_and_not_taken_for_an_unknown_address()
    {
        foreach (var address in (Uri[])[site.Open, site.Guarded])
        {
            foreach (var path in (string[])["/api/v1/reconciliation/2026-11-21/statement", "/api/v1/jobs"])
            {
                using var sent = await SendAsync(
                    HttpMethod.Post,
                    new Uri(address, path),
                    new StringContent("a,b", Encoding.UTF8, "text/plain"),
                    "viewer"
                );
                await IsProblemAsync(
                    sent,
                    HttpStatusCode.UnsupportedMediaType,
                    "The body has a Content-Type that this address does not accept; /openapi/v1.json names it"
                );
            }
            using var removed = await SendAsync(HttpMethod.Delete, new Uri(address, "/api/v1/audit"), null, "viewer");
            await IsProblemAsync(removed, HttpStatusCode.MethodNotAllowed, "This address knows other methods; the header Allow names them");
            Assert.Contains("GET", removed.Content.Headers.Allow);
            using var nowhere = await SendAsync(HttpMethod.Get, new Uri(address, "/api/v1/nowhere"), null, "viewer");
            await IsProblemAsync(
                nowhere,
                HttpStatusCode.NotFound,
                "There is nothing at this address; /openapi/v1.json lists what there is"
            );
        }
    }

    [Theory]
    [InlineData("GET", "/api/v1/nowhere")]
    [InlineData("GET", "/nowhere")]
    [InlineData("DELETE", "/api/v1/audit")]
    public async Task Nobody_without_a_key_is_told_which_addresses_there_are(string method, string path)
    {
        using var answer = await Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), new Uri(site.Guarded, path)));
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Theory]
    [InlineData(
        "clientTransactionId;miles\nI-DY-1;8",
        "its header seems to be separated by a semicolon (;); set Reconciliation__Columns__Separator to it"
    )]
    [InlineData(
        "clientTransactionId\tmiles\nI-DY-1\t8",
        "its header seems to be separated by a tab; set Reconciliation__Columns__Separator to it"
    )]
    public async Task A_statement_with_another_separator_is_told_which(string statement, string sentence)
    {
        using var answer = await StatementAsync(Encoding.UTF8.GetBytes(statement));
        await IsProblemAsync(answer, HttpStatusCode.BadRequest, $"The statement has no column 'clientTransactionId': {sentence}");
    }

    /// <summary>0xE9 is é in windows-1252 and nothing in UTF-8.</summary>
    [Fact]
    public async Task A_statement_in_another_encoding_is_refused_with_its_line_and_none_is_guessed()
    {
        using var answer = await StatementAsync([.. "clientTransactionId,miles,note\nI-DY-1,8,a\nI-DY-2,8,caf"u8, 0xE9, (byte)'\n']);
        await IsProblemAsync(
            answer,
            HttpStatusCode.BadRequest,
            "Line 3: a byte that is not UTF-8 (the file may be windows-1252, or broken off); save it as CSV UTF-8 and upload it again"
        );
        foreach (var encoding in (Encoding[])[new UTF8Encoding(true), Encoding.Unicode, Encoding.BigEndianUnicode])
        {
            using var read = await StatementAsync([
                .. encoding.GetPreamble(),
                .. encoding.GetBytes("clientTransactionId,miles,note\nI-DY-1,8,café"),
            ]);
            Assert.Equal(HttpStatusCode.OK, read.StatusCode);
        }
    }

    Task<HttpResponseMessage> StatementAsync(byte[] bytes)
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        return SendAsync(HttpMethod.Post, new Uri(site.Guarded, "/api/v1/reconciliation/2001-01-01/statement"), content);
    }

    static async Task<HttpResponseMessage> SendAsync(HttpMethod method, Uri address, HttpContent? content, string role = "approver")
    {
        using var request = new HttpRequestMessage(method, address) { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", RunningSite.KeyOf(role));
        return await Http.SendAsync(request);
    }

    static async Task IsProblemAsync(HttpResponseMessage answer, HttpStatusCode status, string detail)
    {
        Assert.Equal((status, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        using var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        Assert.Equal(detail, problem.RootElement.GetProperty("detail").GetString());
    }
}
