using Loyalty.Messaging.Persistence;
using Loyalty.Messaging.ServiceDefaults;
using Loyalty.Messaging.ServiceDefaults.Bus;
using Loyalty.Messaging.Worker;
using Loyalty.Messaging.Worker.AmCash;

return await Entry.RunAsync(async () =>
{
    PoolThreads.Begin();
    var builder = WebApplication.CreateBuilder(args);
    builder.AddServiceDefaults("loyalty-worker");
    builder.AddLoyaltyPersistence();
    builder.AddSagaTerms();
    builder.Services.AddAirMilesClient();
    builder.AddAmCash();
    builder.Services.AddHostedService<Pulse>();
    builder.AddLoyaltyBus(bus => Rooms.Add(bus, builder.Configuration), Queues.Add);

    await using var app = builder.Build();
    app.MapHealth();
    return await app.RunToEndAsync();
});
