using System.Diagnostics;

namespace Loyalty.Messaging.TestKit;

/// <summary>Waits on a condition, never on the clock; says what it last saw when the condition does not come.</summary>
public static class Eventually
{
    static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(40);

    /// <param name="look">Returns what there is now.</param>
    /// <param name="enough">True when that is what was waited for.</param>
    /// <param name="within">Default 30 seconds: generous, because it costs nothing when all is well.</param>
    public static async Task<T> SeeAsync<T>(Func<Task<T>> look, Func<T, bool> enough, string what, TimeSpan? within = null)
    {
        ArgumentNullException.ThrowIfNull(look);
        ArgumentNullException.ThrowIfNull(enough);
        var limit = within ?? TimeSpan.FromSeconds(30);
        var started = Stopwatch.GetTimestamp();
        object? last = null;
        while (true)
        {
            try
            {
                var seen = await look();
                if (enough(seen))
                    return seen;
                last = seen;
            }
            catch (Exception exception)
                when (exception
                        is HttpRequestException
                            or Npgsql.NpgsqlException
                            or IOException
                            or TaskCanceledException
                            or RabbitMQ.Client.Exceptions.RabbitMQClientException
                )
            {
                last = exception.Message;
            }
            if (Stopwatch.GetElapsedTime(started) > limit)
                throw new TimeoutException($"Waited {limit.TotalSeconds:0} s for {what}; last seen: {last ?? "nothing"}");
            await Task.Delay(Interval, TimeProvider.System);
        }
    }

    public static Task TrueAsync(Func<Task<bool>> look, string what, TimeSpan? within = null) => SeeAsync(look, seen => seen, what, within);
}
