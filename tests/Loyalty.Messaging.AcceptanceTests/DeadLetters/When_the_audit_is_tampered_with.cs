using System.Net;
using Loyalty.Messaging.TestKit;
using Npgsql;
using Xunit;
using static Loyalty.Messaging.AcceptanceTests.Ops.Keys;

namespace Loyalty.Messaging.AcceptanceTests.DeadLetters;

/// <summary>Nobody acts unseen, whatever right to the table somebody has.</summary>
public sealed class When_the_audit_is_tampered_with(GuardedLetters guarded) : IClassFixture<GuardedLetters>
{
    readonly LetterSystem _letters = guarded.Letters;
    readonly LoyaltySystem _system = guarded.Letters.System;

    [Theory]
    [InlineData("UPDATE audit SET reason = 'another' WHERE sequence = 1")]
    [InlineData("DELETE FROM audit WHERE sequence = 1")]
    [InlineData("TRUNCATE audit")]
    public async Task The_database_refuses_to_forget_what_was_done(string sql)
    {
        await ActAsync();
        var refused = await Assert.ThrowsAsync<PostgresException>(() => _system.Database.RunAsync(sql));
        Assert.Equal("the audit is only ever added to", refused.MessageText);
        Assert.True((await _letters.GetAsync("audit/verification", Viewer)).GetProperty("intact").GetBoolean());
    }

    [Theory]
    [InlineData("UPDATE audit SET actor = 'somebody else' WHERE sequence = 2", "Record 2 was changed")]
    [InlineData("DELETE FROM audit WHERE sequence = 2", "Record 2 is missing")]
    [InlineData("UPDATE audit SET hash = sha256('x') WHERE sequence = 2", "Record 2 was changed")]
    public async Task What_is_changed_behind_its_back_is_noticed(string sql, string mistake)
    {
        for (var act = 0; act < 3; act++)
            await ActAsync();
        await _system.Database.RunAsync("CREATE TABLE kept AS SELECT * FROM audit WHERE sequence = 2");
        await UnguardedAsync(sql);
        var found = await _letters.GetAsync("audit/verification", Viewer);
        await UnguardedAsync("DELETE FROM audit WHERE sequence = 2; INSERT INTO audit SELECT * FROM kept; DROP TABLE kept");
        Assert.Equal((false, mistake), (found.GetProperty("intact").GetBoolean(), found.GetProperty("mistake").GetString()));
        Assert.True((await _letters.GetAsync("audit/verification", Viewer)).GetProperty("intact").GetBoolean());
    }

    Task UnguardedAsync(string sql) =>
        _system.Database.RunAsync(
            $"ALTER TABLE audit DISABLE TRIGGER audit_append_only; {sql}; ALTER TABLE audit ENABLE TRIGGER audit_append_only"
        );

    async Task ActAsync() =>
        Assert.Equal(
            HttpStatusCode.NoContent,
            (await _letters.AskAsync("PUT", $"dead-letters/groups/{Guid.NewGuid()}/note", new { note = "seen" }, Operator)).Status
        );
}
