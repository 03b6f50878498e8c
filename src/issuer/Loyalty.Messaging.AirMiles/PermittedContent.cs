using System.Net;

namespace Loyalty.Messaging.AirMiles;

/// <summary>
/// The bytes of a request, which leave only while the request may still begin: connecting takes time, and the process may have been frozen.
/// </summary>
internal sealed class PermittedContent(ReadOnlyMemory<byte> body, IRequestPermit permit, TimeSpan request) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!permit.Lasts(request))
            throw new HttpRequestException("it was held up for too long to begin, and was not sent");
        return stream.WriteAsync(body, cancellationToken).AsTask();
    }

    protected override bool TryComputeLength(out long length)
    {
        length = body.Length;
        return true;
    }
}
