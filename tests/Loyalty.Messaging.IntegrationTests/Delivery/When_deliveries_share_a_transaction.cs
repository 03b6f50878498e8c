using Loyalty.Messaging.Delivery.Outbox;
using Loyalty.Messaging.Delivery.SagaRows;
using Loyalty.Messaging.Delivery.Transactions;
using Loyalty.Messaging.IntegrationTests.Parcels;
using Loyalty.Messaging.TestKit;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace Loyalty.Messaging.IntegrationTests.Delivery;

/// <summary>One delivery keeps the transaction busy; those that come meanwhile form the group under test.</summary>
public sealed class When_deliveries_share_a_transaction : IAsyncLifetime
{
    static readonly Guid Consumer = NewId.NextGuid();
    readonly StoppedTimers _time = new();
    ParcelHost _host = null!;
    DeliveryTransactions _transactions = null!;
    SagaTable<ParcelState> _table = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await ParcelHost.StartAsync(start: false, time: _time);
        _transactions = _host.Services.GetRequiredService<DeliveryTransactions>();
        _table = _host.Services.GetRequiredService<SagaTable<ParcelState>>();
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Those_that_come_together_are_committed_together_and_each_with_what_is_its_own()
    {
        var group = await GatherAsync(3);
        foreach (var delivery in group)
            Assert.True(await delivery.BegunAsync());
        await Task.WhenAll(group.Select(delivery => delivery.CommitAsync(messages: 2)));
        var ids = string.Join(", ", group.Select(delivery => $"'{delivery.Id}'"));
        Assert.Equal(
            ["3 in 1"],
            await _host.Database.ColumnAsync(
                $"SELECT count(*) || ' in ' || count(DISTINCT xmin::text) FROM parcel WHERE correlation_id IN ({ids})"
            )
        );
        Assert.Equal(
            ["3 in 1"],
            await _host.Database.ColumnAsync(
                $"SELECT count(*) || ' in ' || count(DISTINCT xmin::text) FROM journal WHERE order_id IN ({ids})"
            )
        );
        foreach (var delivery in group)
        {
            Assert.Equal(delivery.Route, (await _host.ParcelAsync(delivery.Id))!.Route);
            Assert.Equal(
                delivery.Sent,
                (
                    await _host.Database.ColumnAsync(
                        $"SELECT message_id::text FROM outbox WHERE stream = '{delivery.Id}' ORDER BY sequence"
                    )
                ).Select(Guid.Parse)
            );
        }
    }

    [Fact]
    public async Task One_that_fails_leaves_nothing_behind_and_the_others_are_committed()
    {
        var group = await GatherAsync(3);
        foreach (var delivery in group)
            Assert.True(await delivery.BegunAsync());
        group[1].Leave();
        await Task.WhenAll(group[0].CommitAsync(), group[2].CommitAsync());
        Assert.Null(await _host.ParcelAsync(group[1].Id));
        Assert.NotNull(await _host.ParcelAsync(group[2].Id));

        var again = group[1].Again(shared: true);
        Assert.True(await again.BegunAsync());
        await again.CommitAsync();
        Assert.NotNull(await _host.ParcelAsync(again.Id));
    }

    [Fact]
    public async Task One_that_the_database_refuses_takes_all_back_and_each_goes_again_alone()
    {
        var group = await GatherAsync(3);
        foreach (var delivery in group)
            Assert.True(await delivery.BegunAsync());
        group[1].Route = null!;
        foreach (var commit in group.Select(delivery => delivery.CommitAsync()).ToList())
            Assert.IsType<PostgresException>((await Assert.ThrowsAsync<GroupBrokenException>(() => commit)).InnerException);
        Assert.Equal(0, await _host.Database.ScalarAsync<long>($"SELECT count(*) FROM parcel WHERE route LIKE 'member%'"));

        foreach (var delivery in group)
        {
            var alone = delivery.Again(shared: false);
            Assert.True(await alone.BegunAsync());
            if (delivery == group[1])
                Assert.Equal(
                    PostgresErrorCodes.NotNullViolation,
                    (await Assert.ThrowsAsync<PostgresException>(() => alone.CommitAsync())).SqlState
                );
            else
                await alone.CommitAsync();
        }
        Assert.Equal(2, await _host.Database.ScalarAsync<long>($"SELECT count(*) FROM parcel WHERE route LIKE 'member%'"));
    }

    [Fact]
    public async Task The_others_do_not_wait_for_one_that_is_late_and_it_goes_again_alone()
    {
        var group = await GatherAsync(3);
        foreach (var delivery in group)
            Assert.True(await delivery.BegunAsync());
        var others = Task.WhenAll(group[0].CommitAsync(), group[2].CommitAsync());
        await Eventually.SeeAsync(() => Task.FromResult(_time.Waiting), timers => timers > 0, "the group to wait");
        Assert.False(others.IsCompleted);
        _time.Elapse();
        await others;
        await Assert.ThrowsAsync<GroupBrokenException>(() => group[1].CommitAsync());
        Assert.Null(await _host.ParcelAsync(group[1].Id));

        var alone = group[1].Again(shared: false);
        Assert.True(await alone.BegunAsync());
        await alone.CommitAsync();
        Assert.Equal(1, (await _host.ParcelAsync(alone.Id))!.Version);
    }

    [Fact]
    public async Task Two_for_the_same_row_go_one_after_the_other()
    {
        var id = NewId.NextGuid();
        var group = await GatherAsync(2, id);
        Assert.True(await group[0].BegunAsync());
        Assert.False(group[1].Begun.IsCompleted);
        await group[0].CommitAsync();
        Assert.True(await group[1].BegunAsync());
        Assert.Equal(1, Assert.IsType<SagaChange<ParcelState>>(Assert.Single(group[1].Session.Changes)).Instance.Version);
        await group[1].CommitAsync();
        Assert.Equal(2, (await _host.ParcelAsync(id))!.Version);
    }

    [Fact]
    public async Task The_same_message_twice_is_taken_once()
    {
        var first = new Member(this, shared: true);
        var second = first.Again(shared: true);
        Assert.True(await first.BegunAsync());
        await first.CommitAsync();
        Assert.False(await second.BegunAsync());
    }

    [Fact]
    public async Task One_that_nobody_waits_for_any_more_holds_up_nobody()
    {
        var busy = await OccupyAsync();
        using var gone = new CancellationTokenSource();
        var first = new Member(this, shared: true, cancellation: gone.Token);
        var second = new Member(this, shared: true);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.Begun);
        first.Leave();
        await busy.CommitAsync();
        Assert.True(await second.BegunAsync());
        await second.CommitAsync();
        Assert.Equal(0, await _host.Database.ScalarAsync<long>($"SELECT count(*) FROM inbox WHERE message_id = '{first.MessageId}'"));
    }

    async Task<List<Member>> GatherAsync(int members, Guid? id = null)
    {
        var busy = await OccupyAsync();
        var group = Enumerable.Range(0, members).Select(_ => new Member(this, shared: true, id)).ToList();
        await busy.CommitAsync();
        return group;
    }

    async Task<Member> OccupyAsync()
    {
        var busy = new Member(this, shared: true) { Route = "busy" };
        Assert.True(await busy.BegunAsync());
        return busy;
    }

    sealed class Member
    {
        readonly When_deliveries_share_a_transaction _test;
        readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>What follows follows at once: when its work is done, it is ready to commit.</summary>
        readonly TaskCompletionSource _worked = new();
        readonly Task _ended;

        public Member(
            When_deliveries_share_a_transaction test,
            bool shared,
            Guid? id = null,
            Guid? messageId = null,
            CancellationToken cancellation = default
        )
        {
            (_test, Id, MessageId) = (test, id ?? NewId.NextGuid(), messageId ?? NewId.NextGuid());
            Route = $"member {Id}";
            Session = new DeliverySession(new DeliveryOutput("Posted", MessageId, redelivered: false), Consumer, shared);
            _ended = test._transactions.RunAsync(Session, test._table, [Id], WorkAsync, cancellation);
            Begun = BeginAsync();
        }

        public Guid Id { get; }
        public Guid MessageId { get; }
        public string Route { get; set; }
        public DeliverySession Session { get; }
        public Task<bool> Begun { get; }
        public List<Guid> Sent { get; } = [];

        public Task<bool> BegunAsync() => Begun.WaitAsync(TimeSpan.FromSeconds(30));

        public Member Again(bool shared) => new(_test, shared, Id, MessageId) { Route = Route };

        /// <summary>Its work fails.</summary>
        public void Leave()
        {
            _worked.TrySetException(new InvalidOperationException("It fails"));
            Session.Dispose();
        }

        public async Task CommitAsync(int messages = 0)
        {
            for (var number = 0; number < messages; number++)
            {
                var row = new OutboxMessage
                {
                    Id = NewId.NextGuid(),
                    MessageId = Guid.NewGuid(),
                    Destination = "exchange:nowhere",
                    CreatedAt = DateTimeOffset.UnixEpoch,
                    DueIn = TimeSpan.FromHours(1),
                };
                Sent.Add(row.MessageId);
                Session.Output.Messages.Add(new OutgoingMessage(row, new MessageMetadata(), "Deliver"));
            }
            if (Session.Changes.Count == 0)
                Session.Add(_test._table.Added(new ParcelState { CorrelationId = Id, CurrentState = "Underway" }));
            foreach (var change in Session.Changes.Cast<SagaChange<ParcelState>>())
            {
                change.Instance.Route = Route;
                change.Store();
            }
            _worked.SetResult();
            await _ended.WaitAsync(TimeSpan.FromSeconds(30));
        }

        async Task WorkAsync()
        {
            _begun.SetResult();
            await _worked.Task;
        }

        async Task<bool> BeginAsync()
        {
            if (await Task.WhenAny(_begun.Task, _ended) == _begun.Task)
                return true;
            // A duplicate, if nothing else.
            await _ended;
            return false;
        }
    }

    /// <summary>Patience ends when the test says so, and the test sees who waits: a fake clock does not tell.</summary>
    sealed class StoppedTimers : TimeProvider
    {
        readonly List<Timer> _timers = [];

        public int Waiting
        {
            get
            {
                lock (_timers)
                    return _timers.Count;
            }
        }

        public void Elapse()
        {
            List<Timer> due;
            lock (_timers)
                due = [.. _timers];
            foreach (var timer in due)
                timer.Fire();
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = new Timer(this, () => callback(state));
            lock (_timers)
                _timers.Add(timer);
            return timer;
        }

        sealed class Timer(StoppedTimers owner, Action fire) : ITimer
        {
            public void Fire() => fire();

            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
                lock (owner._timers)
                    owner._timers.Remove(this);
            }

            public ValueTask DisposeAsync()
            {
                Dispose();
                return ValueTask.CompletedTask;
            }
        }
    }
}
