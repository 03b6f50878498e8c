using MassTransit;
using MassTransit.Context;
using MassTransit.Transports;

namespace Loyalty.Messaging.RabbitMq.InProcess;

/// <summary>
/// What a consumer sends to a queue that this process works on does not go through the broker. The consumer's own delivery stands for it:
/// it is acknowledged after the message has been dealt with, and until then comes again. What takes long goes through the broker as well,
/// under the same id.
/// </summary>
internal sealed class InProcessAnswers<TMessage>(InProcessQueues queues, TimeProvider time) : IFilter<ConsumeContext<TMessage>>
    where TMessage : class
{
    public Task Send(ConsumeContext<TMessage> context, IPipe<ConsumeContext<TMessage>> next) =>
        next.Send(new AnsweringContext(context, queues, time));

    public void Probe(ProbeContext context) => context.CreateFilterScope("inProcessAnswers");

    sealed class AnsweringContext : ConsumeContextProxy<TMessage>
    {
        public AnsweringContext(ConsumeContext<TMessage> inner, InProcessQueues queues, TimeProvider time)
            : base(inner) => ReceiveContext = new AnsweringReceiveContext(inner.ReceiveContext, queues, time);
    }

    /// <summary>Consumers ask here for the way to send, not the context above.</summary>
    sealed class AnsweringReceiveContext(ReceiveContext inner, InProcessQueues queues, TimeProvider time) : ReceiveContextProxy(inner)
    {
        public override ISendEndpointProvider SendEndpointProvider { get; } = new Provider(inner.SendEndpointProvider, queues, time);
        public override IPublishEndpointProvider PublishEndpointProvider { get; } = inner.PublishEndpointProvider;
    }

    sealed class Provider(ISendEndpointProvider inner, InProcessQueues queues, TimeProvider time) : ISendEndpointProvider
    {
        public ConnectHandle ConnectSendObserver(ISendObserver observer) => inner.ConnectSendObserver(observer);

        public async Task<ISendEndpoint> GetSendEndpoint(Uri address) =>
            await inner.GetSendEndpoint(address) is var endpoint && endpoint is ITransportSendEndpoint transport && queues.HasRoom(address)
                ? new Endpoint(endpoint, transport, queues, time)
                : endpoint;
    }

    sealed class Endpoint(ISendEndpoint inner, ITransportSendEndpoint transport, InProcessQueues queues, TimeProvider time)
        : SendEndpointProxy(inner)
    {
        public override async Task Send<T>(T message, IPipe<SendContext<T>> pipe, CancellationToken cancellationToken)
        {
            var context = await transport.CreateSendContext(message, pipe, cancellationToken);
            if (!await DealtWithAsync(context))
                await base.Send(message, new SameId<T>(pipe, context.MessageId), cancellationToken);
        }

        async Task<bool> DealtWithAsync<T>(SendContext<T> context)
            where T : class
        {
            try
            {
                return queues.Deliver(context, context.Serializer!.GetMessageBody(context).GetBytes()) is { } working
                    && await working.WaitAsync(queues.CopyAfter, time, CancellationToken.None);
            }
            catch (TimeoutException)
            {
                return false;
            }
        }

        protected override IPipe<SendContext<T>> GetPipeProxy<T>(IPipe<SendContext<T>>? pipe) => pipe ?? Pipe.Empty<SendContext<T>>();
    }

    /// <summary>The inbox knows it by its id, whichever way it comes.</summary>
    sealed class SameId<T>(IPipe<SendContext<T>> inner, Guid? messageId) : IPipe<SendContext<T>>
        where T : class
    {
        public async Task Send(SendContext<T> context)
        {
            await inner.Send(context);
            context.MessageId = messageId;
        }

        public void Probe(ProbeContext context) => inner.Probe(context);
    }
}
