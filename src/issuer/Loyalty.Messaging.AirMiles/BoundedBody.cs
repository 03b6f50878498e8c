namespace Loyalty.Messaging.AirMiles;

/// <summary>Reads an answer without letting its sender decide how much memory that takes.</summary>
internal static class BoundedBody
{
    public const int MaxBytes = 256 * 1024;

    /// <summary>The body, or null when it is longer than <see cref="MaxBytes"/>.</summary>
    public static async Task<byte[]?> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength > MaxBytes)
            return null;
        var stream = await content.ReadAsStreamAsync(cancellationToken);
        await using (stream)
        {
            // HTTP itself sees to it that no more comes than was said, and that less is an error.
            if (content.Headers.ContentLength is { } length)
            {
                var whole = new byte[length];
                await stream.ReadExactlyAsync(whole, cancellationToken);
                return whole;
            }

            using var body = new MemoryStream();
            var chunk = new byte[4096];
            int read;
            while ((read = await stream.ReadAsync(chunk, cancellationToken)) > 0)
            {
                if (body.Length + read > MaxBytes)
                    return null;
                body.Write(chunk, 0, read);
            }

            return body.ToArray();
        }
    }
}
