using System.Net.Sockets;
using Npgsql;

namespace Loyalty.Messaging.Delivery.Database;

/// <summary>
/// Whose fault it is when the database does not do what it is asked. Only what it says about the data it was given can be the fault of a
/// message or a request; everything else, from a refused login to a full disk to an error that nobody here knows, means that the database
/// is away: wait and ask again.
/// </summary>
public static class DatabaseFault
{
    /// <summary>
    /// Classes of SQLSTATE that speak of the data: no data or too much of it, a value that does not fit, a constraint, a check option, one
    /// of our own triggers, a row that is too large.
    /// </summary>
    static readonly string[] OfTheData = ["02", "21", "22", "23", "44", "P0", "54"];

    /// <summary>
    /// Another transaction won: serialization failure, deadlock, the same new row at the same time, or a row that stayed locked. A fresh
    /// transaction will see what it did.
    /// </summary>
    internal static bool IsLostRace(Exception exception) =>
        Find<PostgresException>(exception)
            is {
                SqlState: PostgresErrorCodes.SerializationFailure
                    or PostgresErrorCodes.DeadlockDetected
                    or PostgresErrorCodes.UniqueViolation
                    or PostgresErrorCodes.LockNotAvailable
            };

    /// <summary>What the data is to blame for, if anybody is.</summary>
    internal static bool IsOfData(Exception exception) => Find<PostgresException>(exception) is { } answer && IsOfData(answer);

    /// <summary>
    /// The database is away: unreachable, closed to us, read-only, full, out of something, of another shape than this version needs; or the
    /// connection broke and a commit's fate is unknown.
    /// </summary>
    public static bool IsAway(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        if (Find<DatabaseAwayException>(exception) is not null)
            return true;
        return Find<PostgresException>(exception) is { } answer
            ? !IsOfData(answer)
            : Find<NpgsqlException>(exception) is not null || Find<SocketException>(exception) is not null;
    }

    /// <summary>
    /// Throws away the idle connections of every context. After a failover or a change of rights they are sessions with what the database
    /// was before, and would be refused for as long as they live.
    /// </summary>
    public static void ForgetConnections() => NpgsqlConnection.ClearAllPools();

    /// <summary>
    /// It may be about one statement and not about the session: a cancelled statement, a missing table, an error inside the server.
    /// </summary>
    internal static bool IsOfStatement(Exception exception) =>
        Find<PostgresException>(exception) is { SqlState: var state }
        && (
            state is PostgresErrorCodes.QueryCanceled
            || state.StartsWith("XX", StringComparison.Ordinal)
            || state.StartsWith("0A", StringComparison.Ordinal)
            || (state.StartsWith("42", StringComparison.Ordinal) && state != PostgresErrorCodes.InsufficientPrivilege)
        );

    /// <summary>A right is missing.</summary>
    internal static bool IsRefused(Exception exception) =>
        Find<PostgresException>(exception) is { SqlState: PostgresErrorCodes.InsufficientPrivilege };

    static bool IsOfData(PostgresException answer) =>
        Array.Exists(OfTheData, kind => answer.SqlState.StartsWith(kind, StringComparison.Ordinal));

    static T? Find<T>(Exception? exception)
        where T : Exception
    {
        for (; exception is not null; exception = exception.InnerException)
            if (exception is T found)
                return found;
        return null;
    }
}
