using System.Text;

namespace Loyalty.Messaging.Store.Days;

/// <summary>
/// The bytes of a statement as text: UTF-8, or UTF-16 when its mark says so. A byte that is not UTF-8 is told, for a guessed letter would
/// be compared with the ledger.
/// </summary>
public static class StatementText
{
    /// <exception cref="StatementFormatException">It is neither; the message names the line.</exception>
    public static async Task<string> ReadAsync(Stream statement, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(statement);
        using var bytes = new MemoryStream();
        await statement.CopyToAsync(bytes, cancellationToken);
        return Of(bytes.GetBuffer().AsMemory(0, (int)bytes.Length));
    }

    internal static string Of(ReadOnlyMemory<byte> bytes)
    {
        Encoding encoding = bytes.Span switch
        {
            [0xFF, 0xFE, ..] => new UnicodeEncoding(bigEndian: false, byteOrderMark: true, throwOnInvalidBytes: true),
            [0xFE, 0xFF, ..] => new UnicodeEncoding(bigEndian: true, byteOrderMark: true, throwOnInvalidBytes: true),
            _ => new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true),
        };
        try
        {
            return encoding.GetString(bytes.Span);
        }
        catch (DecoderFallbackException exception)
        {
            var line = 1 + bytes.Span[..Math.Clamp(exception.Index, 0, bytes.Length)].Count((byte)'\n');
            throw new StatementFormatException(
                $"Line {line}: a byte that is not UTF-8 (the file may be windows-1252, or broken off); "
                    + "save it as CSV UTF-8 and upload it again"
            );
        }
    }
}
