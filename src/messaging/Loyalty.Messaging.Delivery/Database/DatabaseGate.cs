using Microsoft.Extensions.Logging;
using Npgsql;

namespace Loyalty.Messaging.Delivery.Database;

/// <summary>
/// While the database is away everybody waits here and one alone knocks, once a second: no storm of connections, no flood of log lines, and
/// nothing is given up because the database was down.
/// </summary>
public sealed partial class DatabaseGate(NpgsqlDataSource source, TimeProvider time, ILogger<DatabaseGate> logger)
{
    /// <summary>
    /// Whether the database takes what we write, tried with a row that nobody ever sees: a full disk, a lock, a right that is missing or a
    /// time limit that is too short are told by nothing else.
    /// </summary>
    public const string TryWriteSql = $"""
        BEGIN;
        INSERT INTO {TableNames.Outbox} (id, stream, message_id, destination, content_type, message_type, metadata, body, created_at)
        VALUES (gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), '', '', '', 'null', '', now());
        ROLLBACK
        """;

    /// <summary>
    /// How long a delivery waits here before it goes back to its queue: below the broker's own patience with one that is not acknowledged
    /// (30 minutes).
    /// </summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(15);

    static readonly TimeSpan KnockInterval = TimeSpan.FromSeconds(1);

    /// <summary>What answers the knock and then refuses all work, for want of another right, is asked less and less often.</summary>
    static readonly TimeSpan LongestInterval = TimeSpan.FromSeconds(15);

    /// <summary>Open for so long, or for one commit, it was back.</summary>
    static readonly TimeSpan Relapse = TimeSpan.FromSeconds(5);

    readonly Lock _lock = new();
    long? _closedSince;
    Task _open = Task.CompletedTask;
    long _openedAt;
    bool _worked;
    TimeSpan _interval = KnockInterval;

    public bool IsOpen => _open.IsCompleted;

    /// <summary>By the monotonic clock; null while the database is not away.</summary>
    public long? ClosedSince
    {
        get
        {
            lock (_lock)
                return _closedSince;
        }
    }

    public Task WaitAsync(CancellationToken cancellationToken) => _open.WaitAsync(cancellationToken);

    public void Close(Exception cause)
    {
        lock (_lock)
        {
            if (!_open.IsCompleted)
                return;
            var relapsed = _openedAt != 0 && !Volatile.Read(ref _worked) && time.GetElapsedTime(_openedAt) < Relapse;
            _interval =
                !relapsed ? KnockInterval
                : _interval * 2 < LongestInterval ? _interval * 2
                : LongestInterval;
            // Every connection may have been opened to what the database was before.
            source.Clear();
            DatabaseAway(logger, cause.GetBaseException().Message);
            _closedSince = time.GetTimestamp();
            _open = Task.Run(KnockAsync);
        }
    }

    /// <summary>It has committed something: one session that ends is not the whole database.</summary>
    public void Worked()
    {
        if (!Volatile.Read(ref _worked))
            Volatile.Write(ref _worked, true);
    }

    /// <summary>Nothing is delivered before this has come to its end.</summary>
    public void HoldUntil(Task ready)
    {
        lock (_lock)
            _open = Task.WhenAll(_open, ready);
    }

    async Task KnockAsync()
    {
        do await Task.Delay(_interval, time, CancellationToken.None);
        while (!await AnswersAsync());
        Volatile.Write(ref _worked, false);
        Volatile.Write(ref _openedAt, time.GetTimestamp());
        lock (_lock)
            _closedSince = null;
        DatabaseBack(logger);
    }

    async Task<bool> AnswersAsync()
    {
        try
        {
            await using var connection = await source.OpenConnectionAsync();
            await using var command = new NpgsqlCommand(TryWriteSql, connection);
            await command.ExecuteNonQueryAsync();
            return true;
        }
        catch (Exception)
        {
            // Whatever it says: it does not let us work. Somebody else's fault ends no knocking.
        }
        // The session that was opened for this knock would say the same for as long as it lives.
        source.Clear();
        return false;
    }

    [LoggerMessage(3001, LogLevel.Error, "The database is away ({Cause}); deliveries wait until it is back")]
    static partial void DatabaseAway(ILogger logger, string cause);

    [LoggerMessage(3002, LogLevel.Information, "The database is back; deliveries continue")]
    static partial void DatabaseBack(ILogger logger);
}
