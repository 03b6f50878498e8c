using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Loyalty.Messaging.Ops.Shared;

/// <summary>Style, script and icon. Their addresses hold their fingerprints, so a browser may keep them for ever.</summary>
internal static class Assets
{
    public const string Prefix = "/assets";

    static readonly Dictionary<string, Asset> ByName = (
        (Asset[])
            [
                Asset.Read("site.css", "text/css; charset=utf-8"),
                Asset.Read("site.js", "text/javascript; charset=utf-8"),
                Asset.Read("icon.svg", "image/svg+xml"),
            ]
    ).ToDictionary(asset => asset.Name);

    public static string Style { get; } = Address("site.css");
    public static string Script { get; } = Address("site.js");
    public static string Icon { get; } = Address("icon.svg");

    public static void MapAssets(this WebApplication app) =>
        app.MapGet(
                $"{Prefix}/{{fingerprint}}/{{name}}",
                Results<FileContentHttpResult, NotFound> (string fingerprint, string name, HttpContext context) =>
                {
                    if (!ByName.TryGetValue(name, out var asset) || asset.Fingerprint != fingerprint)
                        return TypedResults.NotFound();
                    context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
                    return TypedResults.File(asset.Content, asset.Type);
                }
            )
            .AllowAnonymous()
            .ExcludeFromDescription();

    static string Address(string name) => $"{Prefix}/{ByName[name].Fingerprint}/{name}";

    sealed record Asset(string Name, string Type, byte[] Content, string Fingerprint)
    {
        public static Asset Read(string name, string type)
        {
            using var stream = typeof(Assets).Assembly.GetManifestResourceStream($"Site.Assets.{name}")!;
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            return new Asset(name, type, content, Convert.ToHexStringLower(SHA256.HashData(content))[..12]);
        }
    }
}
