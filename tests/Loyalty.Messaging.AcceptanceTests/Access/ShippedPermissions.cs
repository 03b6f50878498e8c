using System.Text.Json.Nodes;
using Loyalty.Messaging.TestKit;

namespace Loyalty.Messaging.AcceptanceTests.Access;

/// <summary>
/// The users of deploy/rabbitmq/permissions.json, on a virtual host of a test: under names of their own, since users are the whole
/// broker's.
/// </summary>
internal sealed class ShippedPermissions
{
    const string Password = "of-the-test";
    readonly string _suffix = $"-{Guid.NewGuid():N}";
    readonly List<string> _users = [];

    public async Task ApplyAsync(TestVhost vhost)
    {
        var definitions = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "deploy/rabbitmq/permissions.json")))!;
        foreach (var permission in definitions["permissions"]!.AsArray())
        {
            var user = (string)permission!["user"]! + _suffix;
            _users.Add(user);
            await vhost.AddUserAsync(user, Password);
            (permission["user"], permission["vhost"]) = (user, vhost.Uri.AbsolutePath[1..]);
        }
        await vhost.ImportAsync(definitions);
    }

    public Uri UriOf(string user, TestVhost vhost) => new UriBuilder(vhost.Uri) { UserName = user + _suffix, Password = Password }.Uri;

    public async Task RemoveAsync(TestVhost vhost)
    {
        foreach (var user in _users)
            await vhost.RemoveUserAsync(user);
    }
}
