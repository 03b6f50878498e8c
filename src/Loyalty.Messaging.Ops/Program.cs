using Loyalty.Messaging.Ops;
using Loyalty.Messaging.Ops.Access;
using Loyalty.Messaging.Ops.AmCash;
using Loyalty.Messaging.Ops.Decisions;
using Loyalty.Messaging.Ops.Faults;
using Loyalty.Messaging.Ops.Reconciliation;
using Loyalty.Messaging.Ops.Site;
using Loyalty.Messaging.Persistence;
using Loyalty.Messaging.ServiceDefaults;
using Loyalty.Messaging.ServiceDefaults.Bus;

return await Entry.RunAsync(async () =>
{
    var builder = WebApplication.CreateBuilder(args);
    builder.AddServiceDefaults("loyalty-ops");
    builder.AddLoyaltyPersistence();
    builder.AddLoyaltyBus(bus =>
    {
        bus.AddAmCash();
        bus.AddDecisions();
    });
    builder.AddReconciliation();
    builder.AddAccess();
    builder.AddFaults();
    builder.AddSite();

    await using var app = builder.Build();
    app.UseSecurityHeaders();
    app.UseFaults();
    app.UseAccess();
    app.MapHealth();
    app.MapSite();
    Routes.Map(app.MapApi());
    await app.RunAsync();
});
