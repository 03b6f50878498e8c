using Loyalty.Messaging.RabbitMq;
using Loyalty.Messaging.ServiceDefaults;
using Loyalty.Messaging.Store;
using Loyalty.Messaging.Worker;
using Loyalty.Messaging.Worker.AmCash;
using Loyalty.Messaging.Worker.Endpoints;
using Loyalty.Messaging.Worker.Lanes;

return await Entry.RunAsync(async () =>
{
    PoolThreads.Begin();
    var builder = WebApplication.CreateBuilder(args);
    builder.AddServiceDefaults("loyalty-worker");
    builder.AddLoyaltyStore();
    builder.AddSagaTerms();
    builder.Services.AddAirMilesClient();
    builder.AddAmCash();
    builder.AddLoyaltyBus(bus => BusContents.Add(bus, builder.Configuration), Queues.Add);
    builder.Services.AddSingleton<SagaLanes>();
    builder.Services.AddHostedService<DatabaseWatch>();
    builder.AddLanes();

    await using var app = builder.Build();
    app.UseMetrics();
    app.MapHealth();
    return await app.RunToEndAsync();
});
