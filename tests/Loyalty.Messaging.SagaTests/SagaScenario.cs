using Loyalty.Messaging.AirMiles;
using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.Earning;
using Loyalty.Messaging.Sagas;
using Loyalty.Messaging.Sagas.Decisions;
using Loyalty.Messaging.Sagas.Issuance;
using Loyalty.Messaging.Sagas.Plausibility;
using Loyalty.Messaging.Sagas.Reversal;
using Loyalty.Messaging.TestKit;
using MassTransit;
using MassTransit.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Loyalty.Messaging.SagaTests;

/// <summary>Both sagas in memory with an issuer that answers as it is told: for the logic alone, without transport and store.</summary>
internal sealed class SagaScenario : IAsyncDisposable
{
    readonly ServiceProvider _services;

    SagaScenario(ServiceProvider services) => _services = services;

    public StubIssuer Issuer => _services.GetRequiredService<StubIssuer>();
    public ITestHarness Harness => _services.GetTestHarness();
    ISagaStateMachineTestHarness<IssuanceStateMachine, IssuanceState> Issuances =>
        Harness.GetSagaStateMachineHarness<IssuanceStateMachine, IssuanceState>();
    ISagaStateMachineTestHarness<ReversalStateMachine, ReversalState> Reversals =>
        Harness.GetSagaStateMachineHarness<ReversalStateMachine, ReversalState>();

    public static SagaTerms Terms { get; } =
        new()
        {
            Rules = new EarnRules(),
            SponsorCode = "KENY",
            Queues = new IssuerQueues(1),
            // Orders of any day; what is held is a test of its own.
            Plausibility = new PlausibilityLimits { OrderAge = null },
            Timing = new SagaTiming { RetryDelays = [] },
            Time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 21, 20, 4, 5, 123, TimeSpan.Zero)),
        };

    public static Task<SagaScenario> StartAsync(params CallOutcome[] answers) => StartAsync(Terms, answers);

    /// <param name="timing">Times pass at once here: what counts is what happens when they have passed.</param>
    public static Task<SagaScenario> StartAsync(SagaTiming timing, params CallOutcome[] answers) =>
        StartAsync(Terms with { Timing = timing }, answers);

    public static Task<SagaScenario> StartAsync(SagaTerms terms, params CallOutcome[] answers) =>
        StartAsync(
            terms,
            services =>
                services
                    .AddSingleton(new StubIssuer(answers))
                    .AddSingleton<IAirMilesClient>(provider => provider.GetRequiredService<StubIssuer>())
        );

    /// <param name="client">Who makes the calls.</param>
    public static async Task<SagaScenario> StartAsync(SagaTerms terms, Func<IServiceCollection, IServiceCollection> client)
    {
        var services = client(new ServiceCollection())
            .AddSingleton(terms)
            .AddMassTransitTestHarness(bus =>
            {
                bus.AddSagaStateMachine<IssuanceStateMachine, IssuanceState>().InMemoryRepository();
                bus.AddSagaStateMachine<ReversalStateMachine, ReversalState>().InMemoryRepository();
                bus.AddConsumer<IssueMilesConsumer>();
                bus.AddConsumer<ReverseMilesConsumer>();
                bus.AddDelayedMessageScheduler();
                bus.UsingInMemory(
                    (context, memory) =>
                    {
                        memory.UseDelayedMessageScheduler();
                        memory.ReceiveEndpoint(
                            IssuerQueues.Issuance,
                            endpoint => endpoint.ConfigureSaga<IssuanceState>(context, saga => saga.UseInMemoryOutbox(context))
                        );
                        memory.ReceiveEndpoint(
                            IssuerQueues.Reversal,
                            endpoint => endpoint.ConfigureSaga<ReversalState>(context, saga => saga.UseInMemoryOutbox(context))
                        );
                        memory.ReceiveEndpoint(
                            IssuerQueues.Name(0),
                            endpoint =>
                            {
                                endpoint.ConfigureConsumer<IssueMilesConsumer>(context);
                                endpoint.ConfigureConsumer<ReverseMilesConsumer>(context);
                            }
                        );
                    }
                );
            })
            .BuildServiceProvider(true);
        var scenario = new SagaScenario(services);
        await scenario.Harness.Start();
        return scenario;
    }

    public Task PublishAsync(object message) => Harness.Bus.Publish(message);

    public async Task SendAsync<T>(Uri queue, T message)
        where T : class => await (await Harness.Bus.GetSendEndpoint(queue)).Send(message);

    public Task CallsAreAsync(int count) =>
        Eventually.SeeAsync(() => Task.FromResult(Issuer.Calls.Count), calls => calls == count, $"{count} calls");

    /// <summary>When it has come to rest: nothing is on its way.</summary>
    public Task<IssuanceState> OrderAtRestAsync(string orderId) =>
        Eventually.SeeAsync(
            () => Task.FromResult(Issuances.Sagas.Contains(DeterministicId.OfOrder(orderId))),
            saga => saga is not null and not { CurrentState: "" or "Issuing" or "Initial" },
            $"order {orderId} to be at rest",
            TimeSpan.FromSeconds(30)
        )!;

    public Task<ReversalState> RefundAtRestAsync(string refundId, Func<ReversalState, bool>? also = null) =>
        Eventually.SeeAsync(
            () => Task.FromResult(Reversals.Sagas.Contains(DeterministicId.OfRefund(refundId))),
            saga => saga is not null and not { CurrentState: "" or "Reversing" or "Initial" } && (also is null || also(saga)),
            $"refund {refundId} to be at rest",
            TimeSpan.FromSeconds(30)
        )!;

    public async Task<DecisionAnswer> DecideAsync<T>(T decision)
        where T : class, IDecision =>
        (await Harness.Bus.CreateRequestClient<T>(TimeSpan.FromSeconds(10)).GetResponse<DecisionAnswer>(decision)).Message;

    public Task<IssuanceState> OrderIsAsync(string orderId, string state) =>
        SeenAsync(() => Issuances.Sagas.Contains(DeterministicId.OfOrder(orderId)), saga => saga.CurrentState, state, $"order {orderId}");

    public Task<ReversalState> RefundIsAsync(string refundId, string state) =>
        SeenAsync(
            () => Reversals.Sagas.Contains(DeterministicId.OfRefund(refundId)),
            saga => saga.CurrentState,
            state,
            $"refund {refundId}"
        );

    static Task<T> SeenAsync<T>(Func<T?> look, Func<T, string> current, string state, string what)
        where T : class =>
        Eventually.SeeAsync(
            () => Task.FromResult(look()),
            saga => saga is not null && current(saga) == state,
            $"{what} to be {state}",
            TimeSpan.FromSeconds(10)
        )!;

    public static OrderCompleted Order(string orderId, decimal amount = 163.98m) =>
        new()
        {
            OrderId = orderId,
            CollectorNumber = "80085102028",
            CompletedAt = new DateTimeOffset(2026, 11, 21, 15, 4, 5, TimeSpan.FromHours(-5)),
            LocationCode = "0037",
            Lines =
            [
                new OrderLine
                {
                    LineId = "1",
                    Quantity = 2,
                    Amount = amount,
                },
            ],
        };

    public static OrderRefunded Refund(string refundId, string orderId, decimal? quantity) =>
        new()
        {
            RefundId = refundId,
            OrderId = orderId,
            RefundedAt = new DateTimeOffset(2026, 11, 22, 9, 0, 0, TimeSpan.FromHours(-5)),
            Full = quantity is null,
            Lines = quantity is null ? [] : [new OrderRefundedLine { LineId = "1", Quantity = quantity }],
        };

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}

/// <summary>Answers calls in order, the last answer for ever; keeps what it was asked.</summary>
internal sealed class StubIssuer(IReadOnlyList<CallOutcome> answers) : IAirMilesClient
{
    readonly List<(string Operation, FrozenCall Call)> _calls = [];

    public static CallOutcome Accepted { get; } = new CallOutcome.Accepted(false, "tx", []);
    public static CallOutcome AcceptedAsPending { get; } = new CallOutcome.Accepted(true, "tx", []);
    public static CallOutcome Rejected { get; } = new CallOutcome.Rejected(400, "E1", "the issuer says no");
    public static CallOutcome Unresolved { get; } = new CallOutcome.Unresolved("nobody knows", null);

    /// <summary>No answer is ever sent: whoever made the call is gone.</summary>
    public static CallOutcome Silent { get; } = new CallOutcome.Unresolved("nobody is there to say it", null);
    public static CallOutcome Postponed { get; } = new CallOutcome.Postponed("the issuer is down");

    public IReadOnlyList<(string Operation, FrozenCall Call)> Calls
    {
        get
        {
            lock (_calls)
                return [.. _calls];
        }
    }

    public Task<CallResult> PostEventAsync(FrozenCall call, CancellationToken cancellationToken) => AnswerAsync("post", call);

    public Task<CallResult> ReverseEventAsync(FrozenCall call, CancellationToken cancellationToken) => AnswerAsync("reverse", call);

    Task<CallResult> AnswerAsync(string operation, FrozenCall call)
    {
        lock (_calls)
        {
            _calls.Add((operation, call));
            var answer = answers.Count == 0 ? Accepted : answers[Math.Min(_calls.Count, answers.Count) - 1];
            return ReferenceEquals(answer, Silent)
                ? Task.FromException<CallResult>(new InvalidOperationException("The process is gone"))
                : Task.FromResult(new CallResult(answer, [], answer == Unresolved));
        }
    }
}
