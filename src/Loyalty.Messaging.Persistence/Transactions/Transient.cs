using System.Net.Sockets;
using Npgsql;

namespace Loyalty.Messaging.Persistence.Transactions;

/// <summary>Which failures of the database mean "again", and which mean "wait until it is back".</summary>
internal static class Transient
{
    /// <summary>Another transaction won: serialization failure, deadlock, the same new row at the same time, or a row that stayed locked. A fresh transaction will see what it did.</summary>
    public static bool LostRace(Exception exception) =>
        Find<PostgresException>(exception) is
        {
            SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.UniqueViolation
            or PostgresErrorCodes.LockNotAvailable
        };

    /// <summary>The server is away, shutting down, starting, full or out of connections; or the connection broke and a commit's fate is unknown.</summary>
    public static bool Unavailable(Exception exception) => Find<PostgresException>(exception) is { } answer
        ? answer.SqlState.StartsWith("57P", StringComparison.Ordinal) || answer.SqlState.StartsWith("08", StringComparison.Ordinal)
            || answer.SqlState is PostgresErrorCodes.TooManyConnections or PostgresErrorCodes.DiskFull or PostgresErrorCodes.OutOfMemory
                or PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.InsufficientResources
        : Find<NpgsqlException>(exception) is not null || Find<SocketException>(exception) is not null;

    static T? Find<T>(Exception? exception) where T : Exception
    {
        for (; exception is not null; exception = exception.InnerException)
            if (exception is T found)
                return found;
        return null;
    }
}
