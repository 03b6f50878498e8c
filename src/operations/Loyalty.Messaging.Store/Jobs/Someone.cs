namespace Loyalty.Messaging.Store.Jobs;

/// <summary>Somebody who asks for a job, or allows it.</summary>
/// <param name="Name">As people call them. At a provider they may be able to change it themselves.</param>
/// <param name="Identity">What they came in with: a key, by its hash, or a provider and what it calls them for ever. One person may have
/// several.</param>
public sealed record Someone(string Name, string Identity)
{
    /// <summary>
    /// Either is enough to be taken for the same person: another name makes no second one, and neither does another key of the same name.
    /// </summary>
    /// <param name="identity">Null where only the name was kept.</param>
    public bool MayBe(string name, string? identity) =>
        string.Equals(Name, name, StringComparison.OrdinalIgnoreCase) || Identity == identity;
}
