using System.Diagnostics.Metrics;
using Loyalty.Messaging.RabbitMq.DeadLetters;
using Loyalty.Messaging.RabbitMq.Watch;
using Loyalty.Messaging.Sagas;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Loyalty.Messaging.RabbitMq.Receive;

/// <summary>Whether this process reads the queues that it should: those of the bus and, where there is one, the dead letters'.</summary>
internal sealed class ConsumerGauges(EndpointWatch watch, IServiceProvider services, TimeProvider time) : IHostedService, IDisposable
{
    readonly Meter _meter = new(LoyaltyTelemetry.Name);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var intake = services.GetService<DeadLetterIntake>();
        _meter.CreateObservableGauge(
            "loyalty.endpoint.consuming",
            () => Away(intake).Count(since => since is null),
            "{endpoint}",
            "Queues that this process consumes"
        );
        _meter.CreateObservableGauge(
            "loyalty.endpoint.away",
            () => Away(intake).Count(since => since is not null),
            "{endpoint}",
            "Queues that this process should consume and does not"
        );
        _meter.CreateObservableGauge(
            "loyalty.broker.away",
            () => CutOffFor(Away(intake)).TotalSeconds,
            "s",
            "For how long this process has consumed none of its queues; 0 while it does"
        );
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _meter.Dispose();

    List<long?> Away(DeadLetterIntake? intake) => intake is null ? [.. watch.AwaySince] : [.. watch.AwaySince, intake.AwaySince];

    /// <summary>Since the last of them went.</summary>
    TimeSpan CutOffFor(List<long?> away) =>
        away.Count > 0 && away.TrueForAll(since => since is not null) ? time.GetElapsedTime(away.Max()!.Value) : TimeSpan.Zero;
}
