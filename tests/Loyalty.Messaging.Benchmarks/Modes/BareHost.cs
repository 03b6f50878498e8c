using Loyalty.Messaging.RabbitMq;
using Loyalty.Messaging.Sagas.Calls;
using Loyalty.Messaging.Sagas.Collectors;
using Loyalty.Messaging.Sagas.Issuance;
using Loyalty.Messaging.Sagas.Reversal;
using Loyalty.Messaging.ServiceDefaults;
using Loyalty.Messaging.Worker;
using Loyalty.Messaging.Worker.Endpoints;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Loyalty.Messaging.Benchmarks.Modes;

/// <summary>
/// The worker without its database: the same bus, queues, state machines, consumers and client of the issuer; sagas in memory, and what
/// they send leaves at once.
/// What it costs is what MassTransit, the broker and the issuer cost; the rest of the product's cost is persistence. <c>bare --urls URL</c>
/// </summary>
internal static class BareHost
{
    public const string Verb = "bare";

    public static Task<int> RunAsync(string[] arguments) =>
        Entry.RunAsync(async () =>
        {
            PoolThreads.Begin();
            var builder = WebApplication.CreateBuilder(arguments);
            builder.AddServiceDefaults("loyalty-bare");
            builder.AddSagaTerms();
            builder.Services.AddSingleton<ICollectorMiles, NoRows>().AddSingleton<ICurrentCalls, NoRows>();
            builder.Services.AddAirMilesClient();
            builder.AddLoyaltyBus(
                bus =>
                {
                    bus.AddSagaStateMachine<IssuanceStateMachine, IssuanceState>().InMemoryRepository();
                    bus.AddSagaStateMachine<ReversalStateMachine, ReversalState>().InMemoryRepository();
                    IssuerEndpoints.AddConsumers(bus);
                },
                BareEndpoints.Add
            );

            await using var app = builder.Build();
            app.MapHealth();
            return await app.RunToEndAsync();
        });

    /// <summary>Without a database there are no other orders of a collector's day, and who asks for a call is believed.</summary>
    sealed class NoRows : ICollectorMiles, ICurrentCalls
    {
        public Task<CallStanding> OfIssuanceAsync(string orderId, Guid idempotencyKey, byte[] body, CancellationToken cancellationToken) =>
            Task.FromResult(CallStanding.Current);

        public Task<CallStanding> OfReversalAsync(string refundId, Guid idempotencyKey, byte[] body, CancellationToken cancellationToken) =>
            Task.FromResult(CallStanding.Current);

        public Task<long> OfDayAsync(byte[] collectorHash, DateOnly day, Guid except, CancellationToken cancellationToken) =>
            Task.FromResult(0L);
    }
}
