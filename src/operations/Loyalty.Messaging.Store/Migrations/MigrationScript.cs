namespace Loyalty.Messaging.Store.Migrations;

/// <summary>Migrations are SQL that a person reads before it runs; each stands in a file of its own beside its class.</summary>
internal static class MigrationScript
{
    /// <summary>
    /// Waiting longer for a lock than this would stop the traffic behind it: the migration gives up instead, and is tried again.
    /// </summary>
    const string LockTimeout = "SET LOCAL lock_timeout = '5s';\n";

    public static string Read(string name)
    {
        using var stream =
            typeof(MigrationScript).Assembly.GetManifestResourceStream($"{typeof(MigrationScript).Namespace}.{name}.sql")
            ?? throw new InvalidOperationException($"The migration script {name}.sql is not embedded");
        using var reader = new StreamReader(stream);
        return LockTimeout + reader.ReadToEnd();
    }
}
