namespace Loyalty.Messaging.RabbitMq.Commerce;

/// <summary>An event of commerce as it is to be published, byte for byte.</summary>
/// <param name="Exchange"><see cref="Contracts.WireNames.OrderCompleted"/> or <see cref="Contracts.WireNames.OrderRefunded"/>.</param>
/// <param name="EventId">Becomes the AMQP message-id, when there is one.</param>
/// <param name="Body">Plain JSON.</param>
public sealed record CommerceEventFile(string Exchange, string? EventId, ReadOnlyMemory<byte> Body);

/// <summary>The broker did not take an event. The message is a sentence for the person who published it.</summary>
public sealed class PublishFailedException(string message, Exception? inner = null) : Exception(message, inner);
