using Microsoft.Extensions.Options;
using Npgsql;

namespace Loyalty.Messaging.Store;

/// <summary>The database behind <c>ConnectionStrings__Loyalty</c>.</summary>
public sealed class LoyaltyDatabaseOptions
{
    public string? ConnectionString { get; set; }

    public IEnumerable<string> Validate()
    {
        if (string.IsNullOrWhiteSpace(ConnectionString))
        {
            yield return "ConnectionStrings__Loyalty (or ConnectionStrings__Loyalty__File) is required: an Npgsql connection string";
            yield break;
        }
        string? mistake = null;
        try
        {
            if (string.IsNullOrEmpty(new NpgsqlConnectionStringBuilder(ConnectionString).Host))
                mistake = "ConnectionStrings__Loyalty names no Host";
        }
        catch (ArgumentException)
        {
            // Npgsql's message may quote the string, password and all.
            mistake = "ConnectionStrings__Loyalty is not an Npgsql connection string (Host=…;Username=…;Password=…;Database=…)";
        }
        if (mistake is not null)
            yield return mistake;
    }

    internal sealed class Validation : IValidateOptions<LoyaltyDatabaseOptions>
    {
        public ValidateOptionsResult Validate(string? name, LoyaltyDatabaseOptions options) =>
            options.Validate().ToList() is { Count: > 0 } mistakes ? ValidateOptionsResult.Fail(mistakes) : ValidateOptionsResult.Success;
    }
}
