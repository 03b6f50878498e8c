using System.Collections.Concurrent;
using System.Diagnostics;
using Loyalty.Messaging.IntegrationTests.Parcels;
using Loyalty.Messaging.TestKit;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Loyalty.Messaging.IntegrationTests.Delivery;

public sealed class When_a_delivery_is_traced
{
    [Theory]
    [InlineData("from memory")]
    [InlineData("by the sweeper")]
    public async Task One_trace_leads_from_the_event_through_the_outbox_to_who_receives_its_message(string delivered)
    {
        var stopped = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "MassTransit" or "test",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = stopped.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        using var source = new ActivitySource("test");

        await using var host = await ParcelHost.StartAsync(deliveries: delivered == "from memory");
        ActivityTraceId trace;
        using (var root = source.StartActivity("order in the shop"))
        {
            trace = root!.TraceId;
            await host.SendAsync(new Posted(NewId.NextGuid(), "north"));
        }
        if (delivered == "by the sweeper")
        {
            await Eventually.SeeAsync(
                () => host.Database.ScalarAsync<int>("SELECT coalesce(max(attempts), 0) FROM outbox"),
                attempts => attempts >= 1,
                "an attempt of the sweeper"
            );
            host.Services.GetRequiredService<IReceiveEndpointConnector>()
                .ConnectReceiveEndpoint(
                    "parcel-delivery",
                    (_, endpoint) => endpoint.Handler<Deliver>(deliver => host.Services.GetRequiredService<Received>().Add(deliver))
                );
        }
        await Eventually.SeeAsync(
            () =>
                Task.FromResult(
                    stopped
                        .Where(activity => activity.TraceId == trace)
                        .Select(activity => $"{activity.Kind} {activity.DisplayName}")
                        .ToList()
                ),
            seen =>
                seen.Exists(name =>
                    name.StartsWith("Consumer", StringComparison.Ordinal) && name.Contains("parcels", StringComparison.Ordinal)
                )
                && seen.Exists(name =>
                    name.StartsWith("Consumer", StringComparison.Ordinal) && name.Contains("parcel-delivery", StringComparison.Ordinal)
                ),
            "the receipt of the event and of its message in one trace"
        );
    }
}
