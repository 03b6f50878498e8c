using Loyalty.Messaging.Jobs;
using Loyalty.Messaging.Ops.Shared;

namespace Loyalty.Messaging.Ops.Outbox;

/// <summary>Messages that never reached the broker.</summary>
internal static class OutboxFeature
{
    public static Feature Feature { get; } =
        new()
        {
            Needs = builder => builder.Services.AddScoped<ParkedActs>().AddScoped<IJobAct, ReleaseAct>(),
            Api = ParkedEndpoints.MapParked,
            Forms = ParkedForm.MapParkedForm,
            Navigation = [new("/outbox", "Outbox")],
            Tags = new Dictionary<string, string> { ["Outbox"] = "Messages that the broker has not taken" },
            Examples =
            [
                new ReleaseRequest
                {
                    Ids = [Sample.Id],
                    Reason = "The exchange is there now",
                    Id = Sample.Operation,
                },
            ],
        };
}
