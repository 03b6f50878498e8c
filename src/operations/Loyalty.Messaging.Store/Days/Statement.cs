using System.Globalization;
using System.Text;

namespace Loyalty.Messaging.Store.Days;

internal sealed record StatementLine(string ClientTransactionId, int Miles, string? SponsorCode);

/// <summary>Reads the issuer's statement: CSV with a header line, quoted as in RFC 4180.</summary>
internal static class Statement
{
    public static Dictionary<string, StatementLine> Read(string text, StatementColumns columns)
    {
        if (columns.Separator.Length != 1)
            throw new StatementFormatException("Reconciliation__Columns__Separator must be one character");
        var rows = Rows(text.TrimStart('\uFEFF'), columns.Separator[0]).GetEnumerator();
        if (!rows.MoveNext())
            throw new StatementFormatException("The statement is empty: its first line must name the columns");
        var header = rows.Current.Fields;
        var (id, miles, sponsor) = (
            Column(header, columns.ClientTransactionId),
            Column(header, columns.Miles),
            header.FindIndex(name => Same(name, columns.SponsorCode))
        );
        var lines = new Dictionary<string, StatementLine>();
        while (rows.MoveNext())
        {
            var (number, fields) = rows.Current;
            if (fields is [""])
                continue;
            if (fields.Count != header.Count)
                throw new StatementFormatException($"Line {number} has {fields.Count} fields, the header {header.Count}");
            if (
                !int.TryParse(fields[miles].Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)
                || whole == int.MinValue
            )
                throw new StatementFormatException($"Line {number}: '{columns.Miles}' is not a whole number");
            var line = new StatementLine(fields[id].Trim(), Math.Abs(whole), sponsor < 0 ? null : fields[sponsor].Trim());
            if (line.ClientTransactionId.Length == 0)
                throw new StatementFormatException($"Line {number}: '{columns.ClientTransactionId}' is empty");
            // Several offers of one transaction are several lines.
            if (lines.TryGetValue(line.ClientTransactionId, out var before))
                line =
                    before.Miles <= int.MaxValue - line.Miles
                        ? before with
                        {
                            Miles = before.Miles + line.Miles,
                        }
                        : throw new StatementFormatException(
                            $"Line {number}: the miles of '{line.ClientTransactionId}' add up to more than {int.MaxValue}"
                        );
            lines[line.ClientTransactionId] = line;
        }
        return lines;
    }

    static int Column(List<string> header, string name) =>
        header.FindIndex(column => Same(column, name)) is >= 0 and var index
            ? index
            : throw new StatementFormatException(
                OtherSeparator(header) is { } other
                    ? $"The statement has no column '{name}': its header seems to be separated by {other}; "
                        + "set Reconciliation__Columns__Separator to it"
                    : $"The statement has no column '{name}' (it has {string.Join(", ", header)}); map it with Reconciliation__Columns__…"
            );

    /// <summary>A header that was not divided may be divided by something else.</summary>
    static string? OtherSeparator(List<string> header) =>
        header is not [var whole] ? null
        : whole.Contains(';', StringComparison.Ordinal) ? "a semicolon (;)"
        : whole.Contains('\t', StringComparison.Ordinal) ? "a tab"
        : whole.Contains('|', StringComparison.Ordinal) ? "a bar (|)"
        : whole.Contains(',', StringComparison.Ordinal) ? "a comma (,)"
        : null;

    static bool Same(string column, string name) => string.Equals(column.Trim(), name, StringComparison.OrdinalIgnoreCase);

    static IEnumerable<(int Number, List<string> Fields)> Rows(string text, char separator)
    {
        var (number, at) = (1, 0);
        while (at < text.Length)
        {
            var (fields, first) = (new List<string>(), number);
            while (true)
            {
                fields.Add(FieldAt(text, ref at, ref number, separator));
                if (at < text.Length && text[at] == separator)
                {
                    at++;
                    continue;
                }
                break;
            }
            if (at < text.Length && text[at] is not '\r' and not '\n')
                throw new StatementFormatException($"Line {number}: text follows a closing quote");
            if (at < text.Length && text[at] == '\r')
                at++;
            if (at < text.Length && text[at] == '\n')
                at++;
            number++;
            yield return (first, fields);
        }
    }

    static string FieldAt(string text, ref int at, ref int number, char separator)
    {
        if (at >= text.Length || text[at] != '"')
        {
            var start = at;
            while (at < text.Length && text[at] != separator && text[at] is not '\r' and not '\n')
                at++;
            return text[start..at];
        }
        var field = new StringBuilder();
        var opened = number;
        for (at++; at < text.Length; at++)
        {
            if (text[at] == '"')
            {
                if (at + 1 >= text.Length || text[at + 1] != '"')
                {
                    at++;
                    return field.ToString();
                }
                at++;
            }
            else if (text[at] == '\n')
            {
                number++;
            }
            field.Append(text[at]);
        }
        throw new StatementFormatException($"Line {opened}: a quote is not closed");
    }
}
