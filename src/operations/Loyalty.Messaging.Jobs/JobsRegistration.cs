using Loyalty.Messaging.Store.Jobs;
using Microsoft.Extensions.DependencyInjection;

namespace Loyalty.Messaging.Jobs;

public static class JobsRegistration
{
    /// <summary>Works on jobs of every kind that an <see cref="IJobStep"/> or an <see cref="IJobAct"/> is registered for.</summary>
    /// <param name="limits">Above which a job waits for a second person.</param>
    public static void AddJobs(this IServiceCollection services, ApprovalLimits limits)
    {
        services.AddSingleton(limits);
        services.AddHostedService<JobRunner>();
    }
}
