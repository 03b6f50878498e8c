using Loyalty.Messaging.Ops.Acts;
using Loyalty.Messaging.Ops.Shared;
using Loyalty.Messaging.Sagas.Issuance;
using Loyalty.Messaging.Store.Jobs;

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
            Tags = new Dictionary<string, string> { ["Jobs"] = "Work on many things at once: its ramp, its pause, its second person" },
            Examples =
            [
                new ReasonRequest { Reason = "Looked at and found right" },
                new BulkRequest
                {
                    Kind = "retry",
                    States = [nameof(IssuanceStateMachine.Suspended)],
                    Preview = true,
                },
                new JobView
                {
                    Id = Sample.Operation,
                    Kind = "replay",
                    State = "Running",
                    StateSince = Sample.At,
                    Description = "1 dead letter",
                    Reason = "Till 9 is fixed",
                    CreatedBy = "one operator",
                    CreatedAt = Sample.At,
                    Rate = 100,
                    Ramp = [1, 5, 50],
                    StopOnSame = true,
                    StopShare = 10,
                    MilesToIssue = 8,
                    Total = 1,
                    Waiting = 0,
                    Sent = 1,
                    Done = 0,
                    Failed = 0,
                    Skipped = 0,
                },
            ],
        };
}
