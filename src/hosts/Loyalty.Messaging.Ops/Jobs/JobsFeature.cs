using Loyalty.Messaging.Ops.Shared;

namespace Loyalty.Messaging.Ops.Jobs;

/// <summary>What is done to many: watched, paused, stopped, approved.</summary>
internal static class JobsFeature
{
    public static Feature Feature { get; } =
        new()
        {
            Api = JobEndpoints.MapJobs,
            Forms = JobForms.MapJobForms,
            Navigation = [new("/jobs", "Jobs")],
        };
}
