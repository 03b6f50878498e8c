using Loyalty.Messaging.Contracts;
using MassTransit;

namespace Loyalty.Messaging.Worker.AmCash;

/// <summary>ECHO on demand.</summary>
internal sealed class RunEchoConsumer(EchoRunner echo) : IConsumer<RunEcho>
{
    public async Task Consume(ConsumeContext<RunEcho> context) =>
        await context.RespondAsync(await echo.RunAsync(context.Message.RequestedBy, context.CancellationToken));
}
