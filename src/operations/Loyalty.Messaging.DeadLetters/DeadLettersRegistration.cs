using Loyalty.Messaging.DeadLetters.Collecting;
using Loyalty.Messaging.DeadLetters.Discarding;
using Loyalty.Messaging.DeadLetters.Replaying;
using Loyalty.Messaging.Jobs;
using Loyalty.Messaging.RabbitMq.DeadLetters;
using Loyalty.Messaging.Store.Jobs;
using Loyalty.Messaging.Store.Maps;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Loyalty.Messaging.DeadLetters;

public static class DeadLettersRegistration
{
    /// <summary>Takes dead letters into the database, and works on jobs.</summary>
    public static void AddDeadLetters(this IHostApplicationBuilder builder, ApprovalLimits limits, TimeSpan keptFor)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.AddJobs(limits);
        services.AddSingleton(new Retention(keptFor));
        services.AddSingleton<DeadLetterIntake>();
        services.AddHostedService<DeadLetterCollector>();
        services.AddHostedService<RetentionKeeper>();
        services.AddScoped<Forecasts>();
        services.AddScoped<Replays>();
        services.AddScoped<Edits>();
        services.AddScoped<IJobStep, ReplayStep>();
        services.AddScoped<IJobAct, DiscardAct>();
    }
}
