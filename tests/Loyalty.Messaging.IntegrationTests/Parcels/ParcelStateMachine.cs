using MassTransit;

namespace Loyalty.Messaging.IntegrationTests.Parcels;

public sealed class ParcelStateMachine : MassTransitStateMachine<ParcelState>
{
    public ParcelStateMachine(Failures failures)
    {
        InstanceState(saga => saga.CurrentState);
        Event(() => Posted, x => x.CorrelateById(m => m.Message.ParcelId));
        Event(() => Scanned, x => x.CorrelateById(m => m.Message.ParcelId));
        Event(() => Forwarded, x => x.CorrelateById(m => m.Message.ParcelId));
        Event(() => RouteClosed, x => x.CorrelateBy((saga, m) => saga.Route == m.Message.Route && saga.CurrentState == "Underway"));

        Initially(
            When(Posted)
                .Then(context => context.Saga.Route = context.Message.Route)
                .Then(Fill)
                .Send(
                    _ => new Uri("exchange:parcel-delivery"),
                    context => new Deliver(context.Saga.CorrelationId, context.Saga.Route),
                    (_, send) =>
                    {
                        send.Headers.Set("X-Text", "käse & \"wine\"");
                        send.Headers.Set("X-Number", 42);
                        send.TimeToLive = TimeSpan.FromMinutes(7);
                        send.SetPriority(5);
                    }
                )
                .Then(context => failures.Fail(context.Message.ParcelId, context.Message.FailTimes))
                .TransitionTo(Underway),
            When(Scanned)
                .Then(context => context.Saga.Route = "unknown")
                .Then(context => context.Saga.Scans = 1)
                .Then(Fill)
                .TransitionTo(Underway)
        );
        During(
            Underway,
            When(Scanned).Then(context => context.Saga.Scans++).Then(context => context.Saga.Stops.Add(context.Message.Stop)),
            When(Forwarded)
                .Send(_ => new Uri("exchange:parcel-delivery"), context => new Deliver(context.Saga.CorrelationId, context.Message.Route)),
            When(RouteClosed).TransitionTo(Stranded),
            When(Posted).Then(context => context.Saga.Route = context.Message.Route).Then(context => context.Saga.Papers = NewPapers())
        );
        During(Stranded, Ignore(Scanned), Ignore(Posted), Ignore(RouteClosed));
    }

    public State Underway { get; } = null!;
    public State Stranded { get; } = null!;
    public Event<Posted> Posted { get; } = null!;
    public Event<Scanned> Scanned { get; } = null!;
    public Event<Forwarded> Forwarded { get; } = null!;
    public Event<RouteClosed> RouteClosed { get; } = null!;

    static void Fill<T>(BehaviorContext<ParcelState, T> context)
        where T : class
    {
        var saga = context.Saga;
        saga.Size = Size.Large;
        saga.Weight = 12.345m;
        saga.Customs = 1L << 40;
        saga.Sender = new Guid("00112233-4455-6677-8899-aabbccddeeff");
        saga.CreatedAt = new DateTimeOffset(2026, 11, 21, 23, 59, 59, 999, TimeSpan.FromHours(-5));
        saga.Due = new DateOnly(2026, 2, 28);
        saga.Label = [0, 1, 255];
        saga.Fragile = true;
        saga.Stops = ["Montréal"];
        saga.Papers = NewPapers();
    }

    static Papers NewPapers() => new(Convert.ToHexString(System.Security.Cryptography.RandomNumberGenerator.GetBytes(8000)));
}

/// <summary>Makes a delivery fail a number of times, after its message has been sent.</summary>
public sealed class Failures
{
    readonly Dictionary<Guid, int> _failed = [];

    /// <summary>Of each notice, whether it may have been delivered before.</summary>
    public List<bool> Earlier { get; } = [];

    public void Fail(Guid parcelId, int times, Exception? failure = null)
    {
        lock (_failed)
        {
            var before = _failed.GetValueOrDefault(parcelId);
            _failed[parcelId] = before + 1;
            if (before < times)
                throw failure ?? new InvalidOperationException("A failure of the test");
        }
    }
}
