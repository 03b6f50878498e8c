using System.Net.Sockets;
using Loyalty.Messaging.Delivery.Database;
using Npgsql;
using Xunit;

namespace Loyalty.Messaging.IntegrationTests.Delivery;

/// <summary>Whose fault it is, row by row: what speaks of the data it was given, and what does not.</summary>
public sealed class When_the_database_refuses
{
    [Theory]
    // Unreachable, shutting down, or a connection that broke.
    [InlineData("08000", true)]
    [InlineData("08006", true)]
    [InlineData("57P01", true)]
    [InlineData("57P02", true)]
    [InlineData("57P03", true)]
    [InlineData("57P05", true)]
    // A login or a right that was changed, a database that was renamed or dropped.
    [InlineData("28000", true)]
    [InlineData("28P01", true)]
    [InlineData("3D000", true)]
    [InlineData("3F000", true)]
    [InlineData("42501", true)]
    [InlineData("42P01", true)]
    [InlineData("42703", true)]
    [InlineData("0A000", true)]
    // Read-only, full, out of something, broken.
    [InlineData("25006", true)]
    [InlineData("25P02", true)]
    [InlineData("25P03", true)]
    [InlineData("53000", true)]
    [InlineData("53100", true)]
    [InlineData("53200", true)]
    [InlineData("53300", true)]
    [InlineData("53400", true)]
    [InlineData("55000", true)]
    [InlineData("55P03", true)]
    [InlineData("57014", true)]
    [InlineData("58000", true)]
    [InlineData("58030", true)]
    [InlineData("F0000", true)]
    [InlineData("XX000", true)]
    [InlineData("XX001", true)]
    // Another transaction won.
    [InlineData("40001", true)]
    [InlineData("40P01", true)]
    // What nobody here has heard of.
    [InlineData("99999", true)]
    // The data.
    [InlineData("21000", false)]
    [InlineData("22001", false)]
    [InlineData("22003", false)]
    [InlineData("22021", false)]
    [InlineData("22P02", false)]
    [InlineData("22P05", false)]
    [InlineData("23502", false)]
    [InlineData("23503", false)]
    [InlineData("23505", false)]
    [InlineData("23514", false)]
    [InlineData("44000", false)]
    [InlineData("54000", false)]
    [InlineData("P0001", false)]
    public void Only_what_it_says_of_the_data_is_the_messages_fault(string state, bool away) =>
        Assert.Equal(
            away,
            DatabaseFault.IsAway(
                new InvalidOperationException("As a library wraps it", new PostgresException("in words", "ERROR", "ERROR", state))
            )
        );

    [Fact]
    public void What_does_not_come_from_a_database_is_not_its_absence()
    {
        Assert.True(DatabaseFault.IsAway(new NpgsqlException("The connection broke")));
        Assert.True(DatabaseFault.IsAway(new NpgsqlException("It took too long", new TimeoutException())));
        Assert.True(DatabaseFault.IsAway(new SocketException((int)SocketError.ConnectionRefused)));
        Assert.True(DatabaseFault.IsAway(new DatabaseAwayException("It has been away", new TimeoutException())));
        Assert.False(DatabaseFault.IsAway(new ArgumentException("A text with half a surrogate")));
        Assert.False(DatabaseFault.IsAway(new InvalidOperationException("No transition")));
        Assert.False(DatabaseFault.IsAway(new OperationCanceledException()));
    }
}
