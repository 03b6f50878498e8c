namespace Loyalty.Messaging.TestKit;

/// <summary>Where things are in this checkout.</summary>
public static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>
    /// A program of the same configuration as the running one. As it is shipped, compiled beforehand, where the running one is, or where
    /// <c>LOYALTY_TEST_PUBLISHED</c> names it among the projects (separated by blanks) whose newest state has been published.
    /// </summary>
    public static string Program(string project, string assembly)
    {
        var published = Path.Combine(Root, "artifacts", "publish", project, Configuration, assembly + ".dll");
        var current = Environment.GetEnvironmentVariable("LOYALTY_TEST_PUBLISHED")?.Split(' ').Contains(project) ?? false;
        return (current || Runs("publish")) && File.Exists(published)
            ? published
            : Path.Combine(Root, "artifacts", "bin", project, Configuration, assembly + ".dll");
    }

    static string Configuration => Runs("debug") ? "debug" : "release";

    static bool Runs(string folder) =>
        Path.GetRelativePath(Root, AppContext.BaseDirectory)
            .Split(Path.DirectorySeparatorChar)
            .Contains(folder, StringComparer.OrdinalIgnoreCase);

    static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Loyalty.Messaging.sln")))
                return folder.FullName;
        throw new InvalidOperationException("Loyalty.Messaging.sln is not above the tests");
    }
}
