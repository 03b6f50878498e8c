namespace Loyalty.Messaging.Store.Days;

/// <summary>A value in a CSV file (RFC 4180).</summary>
public static class CsvField
{
    public static string Of(string? value)
    {
        if (value is null)
            return "";
        // A spreadsheet would take it for a formula.
        if (value.Length > 0 && "=+-@\t\r".Contains(value[0], StringComparison.Ordinal))
            value = "'" + value;
        return value.AsSpan().ContainsAny(",\"\r\n") ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : value;
    }
}
