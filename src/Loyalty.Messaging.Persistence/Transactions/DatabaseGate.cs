using Microsoft.Extensions.Logging;
using Npgsql;

namespace Loyalty.Messaging.Persistence.Transactions;

/// <summary>
/// While the database is away everybody waits here and one alone knocks, once a second: no storm of connections, no flood of log lines,
/// and nothing is given up because the database was down.
/// </summary>
internal sealed partial class DatabaseGate(NpgsqlDataSource source, TimeProvider time, ILogger<DatabaseGate> logger)
{
    static readonly TimeSpan KnockInterval = TimeSpan.FromSeconds(1);
    readonly Lock _lock = new();
    Task _open = Task.CompletedTask;

    public bool IsOpen => _open.IsCompleted;

    public Task WaitAsync(CancellationToken cancellationToken) => _open.WaitAsync(cancellationToken);

    public void Close(Exception cause)
    {
        lock (_lock)
        {
            if (!_open.IsCompleted)
                return;
            DatabaseAway(logger, cause.Message);
            source.Clear();
            _open = Task.Run(KnockAsync);
        }
    }

    /// <summary>Nothing is delivered before this has come to its end.</summary>
    public void HoldUntil(Task ready)
    {
        lock (_lock)
            _open = Task.WhenAll(_open, ready);
    }

    async Task KnockAsync()
    {
        while (true)
        {
            await Task.Delay(KnockInterval, time, CancellationToken.None);
            try
            {
                await using var connection = await source.OpenConnectionAsync();
                await using var command = new NpgsqlCommand("SELECT pg_is_in_recovery()", connection);
                if (await command.ExecuteScalarAsync() is false)
                    break;
            }
            catch (Exception exception) when (Transient.Unavailable(exception) || exception is TimeoutException)
            {
                continue;
            }
        }
        DatabaseBack(logger);
    }

    [LoggerMessage(3001, LogLevel.Error, "The database is away ({Cause}); deliveries wait until it is back")]
    static partial void DatabaseAway(ILogger logger, string cause);

    [LoggerMessage(3002, LogLevel.Information, "The database is back; deliveries go on")]
    static partial void DatabaseBack(ILogger logger);
}
