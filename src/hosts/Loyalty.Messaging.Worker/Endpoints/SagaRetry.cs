using System.Data.Common;
using MassTransit;

namespace Loyalty.Messaging.Worker.Endpoints;

internal static class SagaRetry
{
    /// <summary>
    /// Outermost. Lost races and a database that is away are dealt with further in; what comes out to here is a mistake of ours or of the
    /// message:
    /// three more tries within seconds, then the dead letters.
    /// </summary>
    public static void UseSagaRetry(this IReceiveEndpointConfigurator endpoint) =>
        endpoint.UseMessageRetry(retry =>
        {
            retry.Ignore<DbException>(exception => exception.IsTransient);
            retry.Ignore<UnrecordedDecisionException>();
            retry.Ignore<DeadlyMessageException>();
            retry.Intervals(TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(2));
        });
}
