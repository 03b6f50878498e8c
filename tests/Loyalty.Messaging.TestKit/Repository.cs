namespace Loyalty.Messaging.TestKit;

/// <summary>Where things are in this checkout.</summary>
public static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>A built program of the same configuration as the running tests.</summary>
    public static string Program(string project, string assembly) =>
        Path.Combine(Root, "artifacts", "bin", project, Configuration, assembly + ".dll");

    static string Configuration => AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}debug", StringComparison.OrdinalIgnoreCase) ? "debug" : "release";

    static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Loyalty.Messaging.sln")))
                return folder.FullName;
        throw new InvalidOperationException("Loyalty.Messaging.sln is not above the tests");
    }
}
