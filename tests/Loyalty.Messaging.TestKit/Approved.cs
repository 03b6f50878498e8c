using Xunit;

namespace Loyalty.Messaging.TestKit;

/// <summary>
/// Files of the repository that pin a surface. <c>LOYALTY_APPROVE=1</c> rewrites them; what changed is then seen in the commit.
/// </summary>
public static class Approved
{
    public static string Root => Repository.Root;

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    public static void Matches(string path, string content)
    {
        ArgumentNullException.ThrowIfNull(content);
        content = content.ReplaceLineEndings("\n").TrimEnd() + "\n";
        var file = Path.Combine(Root, path);
        if (Environment.GetEnvironmentVariable("LOYALTY_APPROVE") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, content);
        }
        Assert.True(File.Exists(file), $"{path} is missing; run the test with LOYALTY_APPROVE=1 to write it");
        var approved = File.ReadAllText(file);
        if (approved != content)
            Assert.Fail(
                $"{path} pins something else. If the change is meant, run the test with LOYALTY_APPROVE=1 and commit the "
                    + $"file.\n{Difference(approved, content)}"
            );
    }

    static string Difference(string approved, string content)
    {
        var (before, after) = (approved.Split('\n'), content.Split('\n'));
        var index = 0;
        while (index < Math.Min(before.Length, after.Length) && before[index] == after[index])
            index++;
        return $"line {index + 1}\n  approved: {before.ElementAtOrDefault(index)}\n  now:      {after.ElementAtOrDefault(index)}";
    }
}
