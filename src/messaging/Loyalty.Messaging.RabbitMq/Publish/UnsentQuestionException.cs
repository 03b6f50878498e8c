using MassTransit;

namespace Loyalty.Messaging.RabbitMq.Publish;

/// <summary>The broker takes no messages just now, and whoever asks would wait in vain: the question was not sent.</summary>
public sealed class UnsentQuestionException()
    : RequestException("The broker takes no messages just now, so no worker was asked and nothing is done; ask again in a moment");
