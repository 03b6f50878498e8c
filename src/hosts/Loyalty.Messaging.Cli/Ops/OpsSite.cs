using System.CommandLine;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Loyalty.Messaging.ServiceDefaults;

namespace Loyalty.Messaging.Cli.Ops;

/// <summary>The ops site as the commands see it: what it answered, or a sentence that says why not.</summary>
internal sealed class OpsSite(Uri address, string? key)
{
    /// <summary>Said when an answer is not what a site of this version would give.</summary>
    public const string Unreadable = "The answer cannot be read: this is not an ops site of this version";

    const string DefaultAddress = "http://127.0.0.1:8080";
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static Option<string?> AddressOption() =>
        new("--ops") { Description = $"Address of the ops site [Ops__Url, {DefaultAddress}]", HelpName = "url" };

    public static Option<string?> KeyOption() =>
        new("--key")
        {
            Description = "Key for it [Ops__Key, Ops__Key__File]; an argument can be seen by others on this machine",
            HelpName = "key",
        };

    /// <exception cref="ConfigurationMistakeException">The address is none.</exception>
    public static OpsSite Of(string? address, string? key)
    {
        var settings = Settings.FromEnvironment();
        address ??= settings["Ops:Url"] ?? DefaultAddress;
        if (!Uri.TryCreate(address.TrimEnd('/') + "/", UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            throw new ConfigurationMistakeException("Ops__Url (or --ops) must be http(s)://address:port");
        return new OpsSite(uri, key ?? settings["Ops:Key"]);
    }

    /// <returns>The body of a 200, 202 or 204.</returns>
    /// <exception cref="OpsRefusedException">Anything else.</exception>
    public Task<string> GetAsync(string path, CancellationToken cancellationToken) =>
        AskAsync(HttpMethod.Get, path, null, cancellationToken);

    /// <inheritdoc cref="GetAsync"/>
    /// <param name="content">Sent as JSON; null for nothing.</param>
    public Task<string> PostAsync(string path, object? content, CancellationToken cancellationToken) =>
        AskAsync(HttpMethod.Post, path, content, cancellationToken);

    /// <inheritdoc cref="PostAsync"/>
    public Task<string> PutAsync(string path, object content, CancellationToken cancellationToken) =>
        AskAsync(HttpMethod.Put, path, content, cancellationToken);

    /// <inheritdoc cref="GetAsync"/>
    public Task<string> GetCsvAsync(string path, CancellationToken cancellationToken) =>
        AskAsync(HttpMethod.Get, path, null, cancellationToken, "text/csv");

    /// <inheritdoc cref="GetAsync"/>
    public Task<string> PostCsvAsync(string path, string csv, CancellationToken cancellationToken) =>
        AskAsync(HttpMethod.Post, path, new StringContent(csv, System.Text.Encoding.UTF8, "text/csv"), cancellationToken);

    async Task<string> AskAsync(
        HttpMethod method,
        string path,
        object? content,
        CancellationToken cancellationToken,
        string accept = "application/json"
    )
    {
        using var client = new HttpClient { Timeout = Patience };
        using var request = new HttpRequestMessage(method, new Uri(address, path));
        if (content is not null)
            request.Content = content as HttpContent ?? JsonContent.Create(content, options: JsonSerializerOptions.Web);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(accept));
        if (key is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        try
        {
            using var answer = await client.SendAsync(request, cancellationToken);
            var body = await answer.Content.ReadAsStringAsync(cancellationToken);
            return answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Accepted or HttpStatusCode.NoContent
                ? body
                : throw new OpsRefusedException(Sentence(answer.StatusCode, body), body);
        }
        catch (HttpRequestException exception)
        {
            throw new OpsRefusedException($"The ops site at {address} cannot be reached: {exception.GetBaseException().Message}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new OpsRefusedException($"The ops site at {address} did not answer within {Patience.TotalSeconds} seconds");
        }
    }

    static string Sentence(HttpStatusCode status, string problem)
    {
        try
        {
            using var document = JsonDocument.Parse(problem);
            foreach (var field in (string[])["detail", "title"])
                if (
                    document.RootElement.ValueKind == JsonValueKind.Object
                    && document.RootElement.TryGetProperty(field, out var text)
                    && text.GetString() is { Length: > 0 } sentence
                )
                    return sentence;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Not our site, or something before it: the status is all there is to say.
        }
        return $"The ops site answered {(int)status}";
    }
}

/// <summary>The message is a sentence for the person at the terminal.</summary>
internal sealed class OpsRefusedException(string message, string? body = null) : Exception(message)
{
    /// <summary>What the site answered; null when it did not.</summary>
    public string? Body => body;
}
