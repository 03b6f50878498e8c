using Loyalty.Messaging.Jobs;
using Loyalty.Messaging.Ops.Shared;
using Loyalty.Messaging.Sagas.Issuance;
using MassTransit;

namespace Loyalty.Messaging.Ops.Acts;

/// <summary>What a person decides about an order or a refund, alone or with a second person, about one or about many.</summary>
internal static class ActsFeature
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(25);

    public static Feature Feature { get; } =
        new()
        {
            Needs = Add,
            Bus = AddQuestions,
            Api = DecisionEndpoints.MapDecisions,
            Forms = DecisionForms.Map,
            Tags = new Dictionary<string, string> { ["Decisions"] = "What a person decides about one order or refund" },
            Examples =
            [
                new DecisionRequest { Reason = "The customer has asked for it", OperationId = Sample.Operation },
                new RetryRequest { Reason = "The issuer is back", OperationId = Sample.Operation },
                new OrderApprovalRequest { Reason = "The shop has confirmed the order", OperationId = Sample.Operation },
                new CancellationRequest
                {
                    Reason = "AIR MILES has no such transaction",
                    OperationId = Sample.Operation,
                    NoEffect = true,
                },
                new CorrectionRequest
                {
                    Reason = "The till had an old location",
                    OperationId = Sample.Operation,
                    LocationCode = "0037",
                },
                new TimerRequest
                {
                    Reason = "The issuer's maintenance takes longer",
                    OperationId = Sample.Operation,
                    DueAt = Sample.At,
                },
                new DecisionTaken(Sample.Operation, nameof(IssuanceStateMachine.Issuing)),
            ],
        };

    static void Add(WebApplicationBuilder builder)
    {
        builder
            .Services.AddScoped<DecisionSender>()
            .AddScoped<BulkDecisions>()
            .AddScoped<DecisionApproval>()
            .AddScoped<DecisionForms>()
            .AddScoped<SecondPerson>();
        foreach (var kind in DecisionKinds.All.Select(kind => kind.JobKind).OfType<string>().Distinct())
            builder.Services.AddScoped<IJobAct>(services => new DecisionAct(kind, services.GetRequiredService<DecisionSender>()));
    }

    static void AddQuestions(IBusRegistrationConfigurator bus)
    {
        foreach (var kind in DecisionKinds.All)
            kind.AddTo(bus, Patience);
    }
}
