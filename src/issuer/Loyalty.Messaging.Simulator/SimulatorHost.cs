using Loyalty.Messaging.Simulator.Answers;
using Loyalty.Messaging.Simulator.Calls;
using Loyalty.Messaging.Simulator.Cash;
using Loyalty.Messaging.Simulator.Control;
using Loyalty.Messaging.Simulator.Issuance;
using Loyalty.Messaging.Simulator.Records;
using Loyalty.Messaging.Simulator.Tokens;

namespace Loyalty.Messaging.Simulator;

/// <summary>Composes the stand-in for the issuer, for its own process and for tests that start it inside theirs.</summary>
public static class SimulatorHost
{
    /// <summary>
    /// A simulator that is not started yet. Pass <c>--urls http://127.0.0.1:0</c> for a free port and read
    /// <see cref="WebApplication.Urls"/> once it has started.
    /// </summary>
    /// <param name="args">Command line; the same keys as the environment, as <c>--Simulator:Key=value</c>.</param>
    /// <param name="time">The clock of tokens, delays and records; the system's when absent.</param>
    public static WebApplication Build(string[] args, TimeProvider? time = null)
    {
        var builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory }
        );
        var options = SimulatorOptions.From(builder.Configuration);

        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.UseUrls(UrlsFrom(builder.Configuration, options));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 1024 * 1024;
            // Slow and huge answers are scripted on purpose; Kestrel must not end them for being slow.
            kestrel.Limits.MinResponseDataRate = null;
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(2));
        builder.Services.AddSingleton(time ?? TimeProvider.System);
        builder.Services.AddSingleton(options);
        builder.Services.AddRecords();
        builder.Services.AddControl();
        builder.Services.AddTokens();
        builder.Services.AddCalls();
        builder.Services.AddIssuance();
        builder.Services.AddCash();

        var app = builder.Build();
        app.MapTokens();
        app.MapIssuance();
        app.MapCash();
        app.MapControl();
        app.MapUnknown();
        app.MapGet("/health", () => Results.Text("healthy"));
        // A held call would keep the host from stopping.
        app.Lifetime.ApplicationStopping.Register(app.Services.GetRequiredService<HeldCalls>().Release);
        return app;
    }

    static string UrlsFrom(ConfigurationManager configuration, SimulatorOptions options) =>
        configuration["Simulator:Urls"] ?? configuration[WebHostDefaults.ServerUrlsKey] ?? options.Urls;
}
