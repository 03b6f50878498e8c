using Loyalty.Messaging.Store.DeadLetters;
using Microsoft.AspNetCore.WebUtilities;

namespace Loyalty.Messaging.Ops.DeadLetters;

/// <summary>Which dead letters are meant, as an address says it.</summary>
internal record SelectionQuery : SelectionTerms
{
    public string? State { get; init; }
    public string? Order { get; init; }

    public virtual DeadLetterSelection Selection => Select(Order) with { State = Text(State) };

    public bool IsEmpty => Selection == new DeadLetterSelection();

    /// <returns>What is wrong with it, as a sentence; null when nothing is.</returns>
    public string? Mistake() =>
        Text(State) is { } state && !DeadLetterStates.All.Contains(state)
            ? $"state must be one of {string.Join(", ", DeadLetterStates.All)}"
        : Q is { Length: > 200 } ? "q must be at most 200 characters long"
        : null;

    /// <summary>The address of a page or route with this selection.</summary>
    public string Address(string path, params (string Name, string? Value)[] others) =>
        QueryHelpers.AddQueryString(
            path,
            new Dictionary<string, string?>
            {
                ["group"] = Group?.ToString(),
                ["q"] = Text(Q),
                ["endpoint"] = Text(Endpoint),
                ["state"] = Text(State),
                ["owner"] = Text(Owner),
                ["kind"] = Text(Kind),
                ["type"] = Text(Type),
                ["exception"] = Text(Exception),
                ["order"] = Text(Order),
                ["from"] = From?.ToString("O"),
                ["to"] = To?.ToString("O"),
            }
                .Concat(others.Select(other => KeyValuePair.Create(other.Name, other.Value)))
                .Where(pair => pair.Value is not null)
        );
}
