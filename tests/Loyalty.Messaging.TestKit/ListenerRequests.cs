using System.Net;

namespace Loyalty.Messaging.TestKit;

public static class ListenerRequests
{
    /// <summary>What a server of the tests is asked, one request after the other, until it is closed.</summary>
    public static async IAsyncEnumerable<HttpListenerContext> RequestsAsync(this HttpListener listener)
    {
        while (listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                yield break;
            }
            yield return context;
        }
    }
}
