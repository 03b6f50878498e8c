using System.Reflection;
using Loyalty.Messaging.Earning;

namespace Loyalty.Messaging.Worker;

/// <summary>
/// Reads the section <c>Earning</c> strictly. The binder passes over what it does not know and drops list entries that it cannot read; here
/// a condition that is misspelt would be a condition that is not there, and everybody would get the bonus.
/// </summary>
internal static class EarningSettings
{
    /// <exception cref="InvalidOperationException">A value cannot be converted; the message names its key.</exception>
    public static IReadOnlyList<BonusRule> Bonuses(IConfigurationSection earning) =>
        [.. earning.GetSection(nameof(EarningOptions.Bonuses)).GetChildren().Select(bonus => bonus.Get<BonusRule>() ?? new BonusRule())];

    /// <summary>What the section holds but nobody would read, one sentence each.</summary>
    public static IEnumerable<string> Unread(IConfigurationSection earning)
    {
        var bonuses = earning.GetSection(nameof(EarningOptions.Bonuses)).GetChildren().ToList();
        foreach (
            var sentence in Unread(earning, typeof(EarningOptions))
                .Concat(Unread(earning.GetSection(nameof(EarningOptions.Base)), typeof(BaseRule)))
        )
            yield return sentence;
        for (var index = 0; index < bonuses.Count; index++)
        {
            if (bonuses[index].Key != $"{index}")
            {
                yield return $"{Name(earning)}__Bonuses__{index} is missing; the bonuses are numbered 0, 1, 2 and so on without a gap";
                yield break;
            }

            foreach (var sentence in Unread(bonuses[index], typeof(BonusRule)))
                yield return sentence;
        }
    }

    static IEnumerable<string> Unread(IConfigurationSection section, Type type)
    {
        var known = type.GetProperties().Where(property => property.SetMethod is not null).ToList();
        foreach (var setting in section.GetChildren())
        {
            if (known.Find(property => string.Equals(property.Name, setting.Key, StringComparison.OrdinalIgnoreCase)) is not { } property)
                yield return $"{Name(setting)} is not known; {Name(section)} has {string.Join(", ", known.Select(name => name.Name))}";
            else if (IsList(property) && !string.IsNullOrEmpty(setting.Value))
                yield return $"{Name(setting)} is a list; number its entries, {Name(setting)}__0 and so on";
        }
    }

    static bool IsList(PropertyInfo property) =>
        property.PropertyType.IsGenericType && property.PropertyType.GetGenericTypeDefinition() == typeof(IReadOnlyList<>);

    static string Name(IConfigurationSection section) => section.Path.Replace(":", "__", StringComparison.Ordinal);
}
