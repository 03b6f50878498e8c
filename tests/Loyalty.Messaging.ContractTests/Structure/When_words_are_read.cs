using Xunit;

namespace Loyalty.Messaging.ContractTests.Structure;

/// <summary>
/// Phrases that nobody who grew up with the language would write, found once and replaced. Whoever finds another one puts it here, so that
/// it does not come back.
/// </summary>
public sealed class When_words_are_read
{
    static readonly string[] Phrases =
    [
        "is no day",
        "is no time:",
        "is no whole number",
        "none of ours",
        "not one of ours",
        "That cannot be asked",
        "waits for somebody\"",
        "In its state from",
        "In its state since",
        "Its way",
        ">Waits for a person<",
        "None has come",
        "Bring the issuer",
        "statement that was brought",
        "without fear",
        "how-manieth",
        "in nobody's way",
        "Nothing is to become of",
        "any more\"",
        "state in which that can",
        "is like that",
        "of a hundred",
        "still at it",
        "than this address takes",
        "takes nothing that we",
        "capitals count",
        "cannot be told, because",
        "Of the page before",
        "At most so many",
        "These, and no others",
        "mend the cause",
        "Mend the",
        "cause is mended",
        "heard this worker",
        "does not hear",
        "goes on by itself",
        "sent again by itself",
        "may look. Acting",
        "Let it go off",
        "Take it away",
        "timer goes off",
        "took away the next",
        "question whether it is",
        "empty keeps",
        "as they are, they stay",
        "Who has none asks",
        "has come here",
        "has not come",
        "not found by collector here",
        "What answered is",
        "let no new orders in",
        "Jobs wait, for",
        "is delivered before\"",
        "is sent before",
        "could not be looked for",
        "to who has",
        "from who is",
        "Who gets something",
        "In what the",
        "So that a delivery is",
        "who listens where",
        "reckon alike",
        "everybody's who",
    ];

    static IEnumerable<string> Files =>
        new[] { "src", "docs", "deploy", "contracts" }
            .SelectMany(folder => Directory.GetFiles(Path.Combine(Approved.Root, folder), "*", SearchOption.AllDirectories))
            .Append(Path.Combine(Approved.Root, "README.md"))
            .Append(Path.Combine(Approved.Root, "tests/Loyalty.Messaging.AcceptanceTests/Cli/help.approved.txt"))
            .Where(file => Path.GetExtension(file) is ".cs" or ".razor" or ".md" or ".txt" or ".yaml" or ".js")
            .Where(file => !IsBuilt(file));

    [Fact]
    public void They_are_what_a_colleague_would_write()
    {
        Assert.True(Files.Count() > 400, "the sources are not where they are looked for");
        var found =
            from file in Files
            from line in File.ReadLines(file).Select((text, index) => (Text: text, Number: index + 1))
            from phrase in Phrases
            where line.Text.Contains(phrase, StringComparison.Ordinal)
            select $"{Path.GetRelativePath(Approved.Root, file)}:{line.Number}: {phrase}";
        Assert.Empty(found);
    }

    static bool IsBuilt(string file) =>
        file.Split(Path.DirectorySeparatorChar).Any(folder => folder is "obj" or "bin" or "node_modules" or "artifacts");
}
