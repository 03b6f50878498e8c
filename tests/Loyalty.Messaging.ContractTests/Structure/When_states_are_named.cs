using System.Text.RegularExpressions;
using Loyalty.Messaging.Sagas.Issuance;
using Loyalty.Messaging.Sagas.Reversal;
using Xunit;

namespace Loyalty.Messaging.ContractTests.Structure;

/// <summary>What a state means stands in one table for each saga, and the machines' own states are what the tables have.</summary>
public sealed class When_states_are_named
{
    /// <summary>Something else has these names too.</summary>
    static readonly string[] CalledAlike = ["Pending", "Rejected", "Cancelled", "Held", "NotRequired"];

    [Fact]
    public void The_tables_have_the_states_of_the_machines()
    {
        Assert.Equal(StatesOf<IssuanceStateMachine>(), IssuanceStates.All.Select(state => state.Name).Order(StringComparer.Ordinal));
        Assert.Equal(StatesOf<ReversalStateMachine>(), ReversalStates.All.Select(state => state.Name).Order(StringComparer.Ordinal));
    }

    /// <summary>They are stored and shown: a name that is gone, or new, is gone or new on the page of states too.</summary>
    [Fact]
    public void The_page_of_states_has_them_all()
    {
        var rows = File.ReadLines(Path.Combine(Approved.Root, "docs/states.md"))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal) || line.StartsWith("| |", StringComparison.Ordinal))
            .Select(line => line.Split('|'))
            .ToList();

        Assert.Equal(StatesOf<IssuanceStateMachine>(), Column(1));
        Assert.Equal(StatesOf<ReversalStateMachine>(), Column(2));

        IEnumerable<string> Column(int index) =>
            rows.Select(row => row[index].Trim(' ', '`')).Where(name => name.Length > 0).Order(StringComparer.Ordinal);
    }

    /// <summary>States of one name are looked up without saying whose they are.</summary>
    [Fact]
    public void States_of_one_name_mean_the_same()
    {
        var both = IssuanceStates.All.Join(ReversalStates.All, state => state.Name, state => state.Name, (one, other) => (one, other));

        Assert.All(both, pair => Assert.Equal(pair.one with { Advice = null }, pair.other with { Advice = null }));
    }

    [Fact]
    public void Nobody_else_writes_their_names()
    {
        var names = StatesOf<IssuanceStateMachine>().Union(StatesOf<ReversalStateMachine>()).Except(CalledAlike);
        var literal = new Regex($"[\"']({string.Join('|', names)})[\"']");
        var written =
            from file in Directory.GetFiles(Path.Combine(Approved.Root, "src"), "*", SearchOption.AllDirectories)
            where Path.GetExtension(file) is ".cs" or ".razor"
            where literal.IsMatch(File.ReadAllText(file))
            select Path.GetRelativePath(Approved.Root, file);

        Assert.Empty(written);
    }

    static IEnumerable<string> StatesOf<TMachine>() =>
        typeof(TMachine)
            .GetProperties()
            .Where(property => property.PropertyType == typeof(MassTransit.State) && property.Name is not ("Initial" or "Final"))
            .Select(property => property.Name)
            .Order(StringComparer.Ordinal);
}
