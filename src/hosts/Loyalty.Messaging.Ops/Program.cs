using Loyalty.Messaging.Ops;
using Loyalty.Messaging.Ops.Access;
using Loyalty.Messaging.Ops.Faults;
using Loyalty.Messaging.Ops.Site;
using Loyalty.Messaging.ServiceDefaults;
using Loyalty.Messaging.Store;

return await Entry.RunAsync(async () =>
{
    var builder = WebApplication.CreateBuilder(args);
    builder.AddServiceDefaults("loyalty-ops");
    builder.AddLoyaltyStore();
    builder.AddFeatures();
    builder.AddAccess();
    builder.AddFaults();
    builder.AddSite();

    await using var app = builder.Build();
    app.UseMetrics();
    app.UseSecurityHeaders();
    app.UseFaults();
    app.UseAccess();
    app.MapHealth();
    app.MapSite();
    app.MapFeatures(app.MapApi(), app.MapForms());
    return await app.RunToEndAsync();
});
