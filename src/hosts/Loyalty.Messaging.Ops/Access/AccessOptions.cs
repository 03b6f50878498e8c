using Loyalty.Messaging.Ops.Shared;
using Loyalty.Messaging.ServiceDefaults;

namespace Loyalty.Messaging.Ops.Access;

/// <summary>Section <c>Ops</c>: where the site listens and who may come in.</summary>
internal sealed class AccessOptions
{
    public const string Section = "Ops";

    /// <summary>Addresses to listen on, separated by semicolons.</summary>
    /// <value>Default <c>http://127.0.0.1:8080</c>.</value>
    public string Urls { get; set; } = "http://127.0.0.1:8080";
    public List<AccessKeyOptions> Keys { get; set; } = [];
    public OidcOptions Oidc { get; set; } = new();

    /// <summary>Nobody has a key and nobody can sign in: anybody on this machine is let in. For a developer, and for no one else.</summary>
    public bool IsOpen => Keys.Count == 0 && !Oidc.IsConfigured;

    /// <exception cref="ConfigurationMistakeException">One line that names the first wrong key.</exception>
    public void Check(bool development)
    {
        if (Mistakes(development).FirstOrDefault() is { } mistake)
            throw new ConfigurationMistakeException(mistake);
    }

    IEnumerable<string> Mistakes(bool development)
    {
        var urls = Urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (urls.Length == 0 || !Array.TrueForAll(urls, IsAddress))
            yield return "Ops__Urls must be one or more http(s)://address:port, separated by semicolons";
        foreach (var mistake in Oidc.Mistakes())
            yield return mistake;
        for (var index = 0; index < Keys.Count; index++)
        {
            var (key, at) = (Keys[index], $"Ops__Keys__{index}__");
            if (string.IsNullOrWhiteSpace(key.Name))
                yield return $"{at}Name is required: who uses the key";
            if (!AccessKey.Roles.Contains(key.Role))
                yield return $"{at}Role must be one of {string.Join(", ", AccessKey.Roles)}";
            if (AccessKey.Parse(key.Hash) is null)
                yield return $"{at}Hash must be sha256: and 64 hexadecimal digits, as `loyalty keys new` prints it";
        }
        if (Keys.GroupBy(key => key.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1) is { } twice)
            yield return $"Ops__Keys name {twice.Key} more than once: every key has a name of its own";
        if (IsOpen && !(development && Array.TrueForAll(urls, IsLoopback)))
            yield return "Ops__Keys__0__Name, __Role and __Hash are required (`loyalty keys new` makes them), "
                + "or Ops__Oidc__Authority and its neighbours: without either the site runs only in Development on loopback addresses";
    }

    static bool IsAddress(string url)
    {
        try
        {
            return BindingAddress.Parse(url) is { Host.Length: > 0, Scheme: "http" or "https", PathBase.Length: 0 };
        }
        catch (FormatException)
        {
            return false;
        }
    }

    static bool IsLoopback(string url) => Loopback.Is(BindingAddress.Parse(url).Host);
}

/// <summary>A key that lets somebody in.</summary>
internal sealed class AccessKeyOptions
{
    public string? Name { get; set; }
    public string? Role { get; set; }

    /// <summary><c>sha256:</c> and the hex of the key's SHA-256.</summary>
    public string? Hash { get; set; }
}
