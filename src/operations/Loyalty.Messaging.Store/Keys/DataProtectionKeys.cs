using Microsoft.EntityFrameworkCore;

namespace Loyalty.Messaging.Store.Keys;

/// <summary>
/// Keys of the ops site's cookies, as XML. Not asynchronous: whoever asks for them cannot wait otherwise. A handful of rows, read about
/// once a day.
/// </summary>
public sealed class DataProtectionKeys(LoyaltyDbContext context, TimeProvider time)
{
    /// <summary>Every key there ever was, the oldest first.</summary>
    public IReadOnlyList<string> All() =>
        [.. context.Database.SqlQuery<string>($"SELECT xml AS \"Value\" FROM data_protection_key ORDER BY created_at, name")];

    /// <summary>Adds one; the same name again changes nothing.</summary>
    public void Add(string name, string xml) =>
        context.Database.ExecuteSql(
            $"""
            INSERT INTO data_protection_key (name, xml, created_at) VALUES ({name}, {xml}, {time.GetUtcNow()})
                ON CONFLICT (name) DO NOTHING
            """
        );
}
