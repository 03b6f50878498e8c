using Loyalty.Messaging.RabbitMq;
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
}
