using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using RabbitMQ.Client;

namespace Loyalty.Messaging.TestKit;

/// <summary>
/// A virtual host of its own on the broker, deleted at the end; seen from outside through a plain AMQP client and the management API.
/// </summary>
public sealed class TestVhost : IAsyncDisposable
{
    static readonly string User = Uri.UnescapeDataString(Servers.Current.RabbitMq.UserInfo);
    readonly HttpClient _management;
    readonly string _name;

    TestVhost(string name, HttpClient management) => (_name, _management) = (name, management);

    public Uri Uri => new UriBuilder(Servers.Current.RabbitMq) { Path = "/" + _name }.Uri;

    public static async Task<TestVhost> CreateAsync()
    {
        var name = $"test-{Guid.NewGuid():N}";
        var management = new HttpClient { BaseAddress = Servers.Current.RabbitMqManagement };
        management.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic",
            Convert.ToBase64String(Encoding.UTF8.GetBytes(User))
        );
        var vhost = new TestVhost(name, management);
        await vhost.AddAsync();
        return vhost;
    }

    /// <summary>Makes it (again).</summary>
    public async Task AddAsync()
    {
        (await _management.PutAsync(new Uri($"/api/vhosts/{_name}", UriKind.Relative), null)).EnsureSuccessStatusCode();
        (
            await _management.PutAsJsonAsync(
                new Uri($"/api/permissions/{_name}/{User.Split(':')[0]}", UriKind.Relative),
                new
                {
                    configure = ".*",
                    write = ".*",
                    read = ".*",
                }
            )
        ).EnsureSuccessStatusCode();
    }

    /// <summary>Takes it away with everything in it: for those who start before it is there.</summary>
    public async Task RemoveAsync() =>
        (await _management.DeleteAsync(new Uri($"/api/vhosts/{_name}", UriKind.Relative))).EnsureSuccessStatusCode();

    public async Task<IConnection> ConnectAsync(string client = "test") =>
        await new ConnectionFactory
        {
            Uri = Uri,
            ClientProvidedName = client,
            AutomaticRecoveryEnabled = false,
        }.CreateConnectionAsync();

    /// <summary>
    /// Messages ready, by queue, those that belong to one connection left out: asked of the queues themselves, since the broker's
    /// statistics are some seconds old.
    /// </summary>
    public async Task<IReadOnlyDictionary<string, int>> DepthsAsync()
    {
        var queues = await _management.GetFromJsonAsync<JsonElement>(
            new Uri($"/api/queues/{_name}?columns=name,exclusive", UriKind.Relative)
        );
        await using var connection = await ConnectAsync("depths");
        await using var channel = await connection.CreateChannelAsync();
        var depths = new Dictionary<string, int>();
        foreach (
            var name in queues
                .EnumerateArray()
                .Where(queue => !queue.TryGetProperty("exclusive", out var exclusive) || !exclusive.GetBoolean())
                .Select(queue => queue.GetProperty("name").GetString()!)
        )
            depths[name] = (int)(await channel.QueueDeclarePassiveAsync(name)).MessageCount;
        return depths;
    }

    public async Task<JsonElement> QueuesAsync() =>
        await _management.GetFromJsonAsync<JsonElement>(new Uri($"/api/queues/{_name}", UriKind.Relative));

    public async Task<JsonElement> ExchangesAsync() =>
        await _management.GetFromJsonAsync<JsonElement>(new Uri($"/api/exchanges/{_name}", UriKind.Relative));

    /// <summary>Whether what comes to the exchange of a queue's name gets there.</summary>
    public async Task<bool> IsBoundAsync(string queue) =>
        (
            await _management.GetFromJsonAsync<JsonElement>(new Uri($"/api/bindings/{_name}/e/{queue}/q/{queue}", UriKind.Relative))
        ).GetArrayLength() > 0;

    /// <summary>Closes a client's connections as the broker's operator would; the broker knows of a new one after some seconds.</summary>
    public async Task CloseConnectionsAsync(string client) =>
        await Eventually.SeeAsync(
            async () =>
            {
                var connections = await _management.GetFromJsonAsync<JsonElement>(
                    new Uri($"/api/vhosts/{_name}/connections", UriKind.Relative)
                );
                var names = connections
                    .EnumerateArray()
                    .Where(connection => connection.TryGetProperty("user_provided_name", out var name) && name.GetString() == client)
                    .Select(connection => connection.GetProperty("name").GetString()!)
                    .ToList();
                foreach (var name in names)
                    await _management.DeleteAsync(new Uri($"/api/connections/{Uri.EscapeDataString(name)}", UriKind.Relative));
                return names.Count;
            },
            closed => closed > 0,
            $"a connection of {client}"
        );

    /// <summary>A user of this virtual host alone, or an old one with another password.</summary>
    public async Task AddUserAsync(string name, string password)
    {
        (
            await _management.PutAsJsonAsync(new Uri($"/api/users/{name}", UriKind.Relative), new { password, tags = "" })
        ).EnsureSuccessStatusCode();
        await PermitAsync(name, ".*");
    }

    /// <param name="read">Of which queues it may consume: a regular expression.</param>
    /// <param name="write">To which exchanges it may publish, as well.</param>
    public async Task PermitAsync(string name, string read, string write = ".*") =>
        (
            await _management.PutAsJsonAsync(
                new Uri($"/api/permissions/{_name}/{name}", UriKind.Relative),
                new
                {
                    configure = ".*",
                    write,
                    read,
                }
            )
        ).EnsureSuccessStatusCode();

    /// <summary>Applies definitions as <c>rabbitmqctl import_definitions</c> does.</summary>
    public async Task ImportAsync(JsonNode definitions) =>
        (await _management.PostAsJsonAsync(new Uri("/api/definitions", UriKind.Relative), definitions)).EnsureSuccessStatusCode();

    public async Task ForbidAsync(string name) =>
        (await _management.DeleteAsync(new Uri($"/api/permissions/{_name}/{name}", UriKind.Relative))).EnsureSuccessStatusCode();

    public async Task RemoveUserAsync(string name) => await _management.DeleteAsync(new Uri($"/api/users/{name}", UriKind.Relative));

    /// <summary>
    /// Closes all that a user has open, as the broker's operator would. The broker itself knows which these are; the list of connections is
    /// behind by seconds, and whatever it leaves out would go on as if nothing had happened.
    /// </summary>
    public async Task CloseConnectionsOfAsync(string user) =>
        (await _management.DeleteAsync(new Uri($"/api/connections/username/{user}", UriKind.Relative))).EnsureSuccessStatusCode();

    /// <summary>
    /// To which node of a cluster a client is connected, as counted in <see cref="Servers.Nodes"/>; the broker knows after some seconds.
    /// </summary>
    public Task<int> NodeOfAsync(string client) =>
        Eventually.SeeAsync(
            async () =>
            {
                var connections = await _management.GetFromJsonAsync<JsonElement>(
                    new Uri($"/api/vhosts/{_name}/connections", UriKind.Relative)
                );
                var port = connections
                    .EnumerateArray()
                    .Where(connection => connection.TryGetProperty("user_provided_name", out var name) && name.GetString() == client)
                    .Select(connection => connection.GetProperty("port").GetInt32())
                    .FirstOrDefault();
                return Servers
                    .Current.Nodes.Select((node, index) => (node.Port, index))
                    .Where(node => node.Port == port)
                    .Select(node => node.index)
                    .DefaultIfEmpty(-1)
                    .First();
            },
            node => node >= 0,
            $"a connection of {client}"
        );

    public async ValueTask DisposeAsync()
    {
        await _management.DeleteAsync(new Uri($"/api/vhosts/{_name}", UriKind.Relative));
        _management.Dispose();
    }
}
