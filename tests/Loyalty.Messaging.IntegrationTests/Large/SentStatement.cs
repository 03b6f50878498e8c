using System.Text.RegularExpressions;
using Loyalty.Messaging.TestKit;
using Npgsql;

namespace Loyalty.Messaging.IntegrationTests.Large;

/// <summary>A statement as the product sends it.</summary>
/// <param name="Sql">With positional parameters.</param>
/// <param name="Types">Of the parameters, where they do not follow from the statement.</param>
internal sealed record SentStatement(string Sql, int Parameters, string[]? Types = null)
{
    /// <summary>From a command of EF, whose parameters have names.</summary>
    public static SentStatement Of(System.Data.Common.DbCommand command)
    {
        var names = command.Parameters.Cast<NpgsqlParameter>().Select(parameter => parameter.ParameterName.TrimStart('@')).ToList();
        return new(Regex.Replace(command.CommandText, @"@(\w+)", match => $"${names.IndexOf(match.Groups[1].Value) + 1}"), names.Count);
    }

    /// <summary>The plan that serves for any parameters, as a prepared statement that runs for days gets it.</summary>
    public async Task<string> PlanAsync(TestDatabase database)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        await using var prepare = new NpgsqlCommand(
            $"SET plan_cache_mode = force_generic_plan; PREPARE looked_at{(Types is null ? "" : $"({string.Join(", ", Types)})")} AS {Sql}",
            connection
        );
        await prepare.ExecuteNonQueryAsync();
        var arguments = Parameters == 0 ? "" : $"({string.Join(", ", Enumerable.Repeat("NULL", Parameters))})";
        await using var explain = new NpgsqlCommand($"EXPLAIN EXECUTE looked_at{arguments}", connection);
        await using var reader = await explain.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await reader.ReadAsync())
            lines.Add(reader.GetString(0));
        await reader.CloseAsync();
        await using var forget = new NpgsqlCommand("DEALLOCATE looked_at; RESET plan_cache_mode", connection);
        await forget.ExecuteNonQueryAsync();
        return string.Join('\n', lines);
    }
}
