namespace Loyalty.Messaging.Contracts;

/// <summary>One thing wrong with an event.</summary>
/// <param name="Field">Where, as a path: <c>lines[0].amount</c>; empty for the body as a whole.</param>
/// <param name="Problem">What is wrong and what would be right; never the value itself.</param>
public sealed record ContractViolation(string Field, string Problem)
{
    public override string ToString() => Field.Length == 0 ? Problem : $"{Field} {Problem}";
}

/// <summary>An event breaks the contract; it is never applied. The message names every field (the first ten) and no value.</summary>
public sealed class ContractViolationException : Exception
{
    public ContractViolationException(string eventName, IReadOnlyList<ContractViolation> violations)
        : base(
            $"{eventName}: {string.Join("; ", violations.Take(10))}{(violations.Count > 10 ? $"; and {violations.Count - 10} more" : "")}"
        )
    {
        Violations = violations;
    }

    public IReadOnlyList<ContractViolation> Violations { get; }
}
