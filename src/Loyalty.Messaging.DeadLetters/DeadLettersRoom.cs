using Loyalty.Messaging.DeadLetters.Collecting;
using Loyalty.Messaging.DeadLetters.Jobs;
using Loyalty.Messaging.DeadLetters.Replaying;
using Loyalty.Messaging.Persistence.Jobs;
using Loyalty.Messaging.ServiceDefaults.Bus;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Loyalty.Messaging.DeadLetters;

public static class DeadLettersRoom
{
    /// <summary>Takes dead letters into the database, and works on jobs.</summary>
    public static void AddDeadLetters(this IHostApplicationBuilder builder, ApprovalLimits limits, TimeSpan keptFor)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.AddSingleton(limits);
        services.AddSingleton(new Retention(keptFor));
        services.AddSingleton<DeadLetterIntake>();
        services.AddHostedService<DeadLetterCollector>();
        services.AddHostedService<RetentionKeeper>();
        services.AddHostedService<JobRunner>();
        services.AddScoped<Forecasts>();
        services.AddScoped<Replays>();
        services.AddScoped<Edits>();
        services.AddScoped<ReplayStep>();
        services.AddScoped<IJobAct, DiscardAct>();
    }
}
