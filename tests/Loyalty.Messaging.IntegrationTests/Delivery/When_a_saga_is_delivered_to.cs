using Loyalty.Messaging.IntegrationTests.Parcels;
using Loyalty.Messaging.TestKit;
using MassTransit;
using Xunit;

namespace Loyalty.Messaging.IntegrationTests.Delivery;

public sealed class When_a_saga_is_delivered_to
{
    [Theory, InlineData(false), InlineData(true)]
    public async Task Every_kind_of_column_comes_back_as_it_was(bool groupCommit)
    {
        await using var host = await ParcelHost.StartAsync(groupCommit: groupCommit);
        var id = NewId.NextGuid();
        await host.SendAsync(new Posted(id, "north"));
        await ReceivedAsync(host, 1);
        await host.SendAsync(new Scanned(id, "Québec")); // Read by our reader, changed, written again.
        var parcel = (await Eventually.SeeAsync(() => host.ParcelAsync(id), parcel => parcel?.Version == 2, "the second version"))!;

        Assert.Equal(
            ("Underway", "north", 1, Size.Large, 12.345m, (decimal?)null, 1L << 40, new DateOnly(2026, 2, 28), true, (string?)null),
            (
                parcel.CurrentState,
                parcel.Route,
                parcel.Scans,
                parcel.Size,
                parcel.Weight,
                parcel.Insured,
                parcel.Customs,
                parcel.Due,
                parcel.Fragile,
                parcel.Remark
            )
        );
        Assert.Equal(new Guid("00112233-4455-6677-8899-aabbccddeeff"), parcel.Sender);
        Assert.Equal(new DateTimeOffset(2026, 11, 21, 23, 59, 59, 999, TimeSpan.FromHours(-5)), parcel.CreatedAt);
        Assert.Null(parcel.DeliveredAt);
        Assert.Equal([0, 1, 255], parcel.Label);
        Assert.Equal(["Montréal", "Québec"], parcel.Stops);
        Assert.Equal(
            ["→Underway", "Underway→Underway"],
            await host.Database.ColumnAsync($"SELECT from_state || '→' || to_state FROM journal WHERE order_id = '{id}' ORDER BY sequence")
        );
    }

    /// <summary>The server keeps it in a place of its own: the same one, as long as nobody writes it again.</summary>
    [Fact]
    public async Task What_is_large_and_frozen_is_written_when_it_is_new_and_not_with_every_change()
    {
        await using var host = await ParcelHost.StartAsync(groupCommit: true);
        var (id, other) = (NewId.NextGuid(), NewId.NextGuid());
        await host.SendAsync(new Posted(id, "north"));
        await host.SendAsync(new Posted(other, "north"));
        await ReceivedAsync(host, 2);
        var (papers, places) = ((await host.ParcelAsync(id))!.Papers, await PlacesAsync(host));
        Assert.Equal(2, places.Count);
        foreach (var parcel in (Guid[])[id, other])
            await host.SendAsync(new Scanned(parcel, "Québec"));
        await Eventually.SeeAsync(() => host.ParcelAsync(other), parcel => parcel?.Version == 2, "the second version");
        await Eventually.SeeAsync(() => host.ParcelAsync(id), parcel => parcel?.Version == 2, "the second version");
        Assert.Equal(papers, (await host.ParcelAsync(id))!.Papers);
        Assert.Equal(places, await PlacesAsync(host));

        await host.SendAsync(new Posted(id, "south"));
        Assert.NotEqual(
            papers,
            (await Eventually.SeeAsync(() => host.ParcelAsync(id), parcel => parcel?.Version == 3, "the third version"))!.Papers
        );
        Assert.NotEqual(places, await PlacesAsync(host));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_delivery_that_fails_after_sending_has_sent_nothing_until_it_succeeds(bool groupCommit)
    {
        await using var host = await ParcelHost.StartAsync(groupCommit: groupCommit);
        var (fails, barrier) = (NewId.NextGuid(), NewId.NextGuid());
        await host.SendAsync(new Posted(fails, "north", FailTimes: 2));
        await Eventually.SeeAsync(() => host.ParcelAsync(fails), parcel => parcel is not null, "the parcel");
        await host.SendAsync(new Posted(barrier, "south"));
        await ReceivedAsync(host, 2);
        Assert.Single(host.Received(), deliver => deliver.Message.ParcelId == fails);
        Assert.Equal(1, (await host.ParcelAsync(fails))!.Version);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_delivery_that_always_fails_ends_in_the_dead_letters_and_leaves_nothing_behind(bool groupCommit)
    {
        await using var host = await ParcelHost.StartAsync(groupCommit: groupCommit);
        await using var letters = new Listener(host.Vhost, "loyalty.dead-letters");
        await letters.StartAsync();
        var id = NewId.NextGuid();
        await host.SendAsync(new Posted(id, "north", FailTimes: 99));
        var letter = await Eventually.SeeAsync(
            () => Task.FromResult(letters.All.FirstOrDefault()),
            letter => letter is not null,
            "the dead letter"
        );
        Assert.Equal("failed", letter!.Headers["loyalty-kind"]);
        Assert.Contains("A failure of the test", letter.Headers["loyalty-reason"], StringComparison.Ordinal);
        Assert.Null(await host.ParcelAsync(id));
        Assert.Equal(
            0,
            await host.Database.ScalarAsync<long>(
                "SELECT (SELECT count(*) FROM outbox) + (SELECT count(*) FROM inbox) + (SELECT count(*) FROM journal)"
            )
        );
        Assert.Empty(host.Received());
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task One_message_delivered_fifty_times_at_once_counts_once(bool groupCommit)
    {
        await using var host = await ParcelHost.StartAsync(groupCommit: groupCommit);
        var (id, messageId) = (NewId.NextGuid(), NewId.NextGuid());
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => host.SendAsync(new Scanned(id, "A"), messageId)));
        await SettledAsync(host);
        await host.SendAsync(new Scanned(id, "B"));
        var parcel = await Eventually.SeeAsync(() => host.ParcelAsync(id), parcel => parcel?.Scans >= 2, "the last scan");
        await SettledAsync(host);
        Assert.Equal((2, 2), (parcel!.Scans, parcel.Version));
        Assert.Equal(2, await host.Database.ScalarAsync<long>("SELECT count(*) FROM inbox"));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Fifty_messages_for_one_new_row_at_once_are_all_counted(bool groupCommit)
    {
        await using var host = await ParcelHost.StartAsync(groupCommit: groupCommit);
        var id = NewId.NextGuid();
        await Task.WhenAll(Enumerable.Range(0, 50).Select(number => host.SendAsync(new Scanned(id, $"stop {number}"))));
        var parcel = (await Eventually.SeeAsync(() => host.ParcelAsync(id), parcel => parcel?.Scans >= 50, "fifty scans"))!;
        Assert.Equal((50, 50), (parcel.Scans, parcel.Version));
    }

    [Fact]
    public async Task What_is_sent_after_the_commit_is_refused_and_not_lost_in_silence()
    {
        var late = new LateSender();
        await using var host = await ParcelHost.StartAsync(sagas: late);
        var id = NewId.NextGuid();
        await host.SendAsync(new Scanned(id, "a stop"));
        var refused = await Eventually.SeeAsync(() => Task.FromResult(late.Refused), seen => seen is not null, "a refusal");
        Assert.Contains("A Deliver was sent after its delivery was committed", refused!.Message, StringComparison.Ordinal);
        Assert.NotNull(await host.ParcelAsync(id));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_correlation_by_query_reaches_every_row_that_matches_and_no_other(bool groupCommit)
    {
        await using var host = await ParcelHost.StartAsync(groupCommit: groupCommit);
        var north = Enumerable.Range(0, 3).Select(_ => NewId.NextGuid()).ToList();
        var south = NewId.NextGuid();
        foreach (var id in north)
            await host.SendAsync(new Posted(id, "north"));
        await host.SendAsync(new Posted(south, "south"));
        await ReceivedAsync(host, 4);
        await host.SendAsync(new RouteClosed("north"));
        foreach (var id in north)
            await Eventually.SeeAsync(() => host.ParcelAsync(id), parcel => parcel!.CurrentState == "Stranded", "a stranded parcel");
        Assert.Equal("Underway", (await host.ParcelAsync(south))!.CurrentState);
    }

    /// <summary>An attempt that fails is no fault: the delivery goes on, and what it does is not what a fault would have said.</summary>
    [Theory]
    [InlineData("40001")]
    [InlineData("53300")]
    public async Task Whoever_asks_hears_of_no_fault_while_the_delivery_goes_on(string sqlState)
    {
        await using var host = await ParcelHost.StartAsync(groupCommit: true);
        await using var asker = new Listener(host.Vhost, "asker");
        await asker.StartAsync();
        await host.Database.RunAsync(
            $$"""
            CREATE SEQUENCE attempts;
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $f$
            BEGIN IF nextval('attempts') <= 2 THEN RAISE EXCEPTION 'not now' USING ERRCODE = '{{sqlState}}'; END IF; RETURN NEW; END $f$;
            CREATE TRIGGER refuse BEFORE INSERT ON inbox FOR EACH ROW EXECUTE FUNCTION refuse();
            """
        );
        var id = NewId.NextGuid();
        var endpoint = await host.Bus.GetSendEndpoint(new Uri("exchange:parcels"));

        await endpoint.Send(new Posted(id, "south"), send => send.ResponseAddress = new Uri("exchange:asker"));

        await Eventually.SeeAsync(() => host.ParcelAsync(id), parcel => parcel is not null, "the parcel");
        Assert.Equal(3, await host.Database.ScalarAsync<long>("SELECT last_value FROM attempts"));
        Assert.Empty(asker.All);
    }

    /// <summary>Whoever asks and whatever becomes of him: the question that cannot be answered is not lost.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_question_that_fails_every_time_is_given_up_and_the_answer_says_so(bool groupCommit)
    {
        await using var host = await ParcelHost.StartAsync(groupCommit: groupCommit);
        await using var letters = new Listener(host.Vhost, "loyalty.dead-letters");
        await letters.StartAsync();
        var client = host.Bus.CreateRequestClient<Posted>(new Uri("exchange:parcels"), RequestTimeout.After(s: 20));

        await Assert.ThrowsAsync<RequestFaultException>(() =>
            client.GetResponse<Deliver>(new Posted(NewId.NextGuid(), "east", FailTimes: 100), TestContext.Current.CancellationToken)
        );

        await Eventually.SeeAsync(() => Task.FromResult(letters.All.Count), count => count == 1, "the dead letter");
    }

    [Fact]
    public async Task A_consumer_behind_the_outbox_sends_once_although_it_failed_and_came_twice()
    {
        await using var host = await ParcelHost.StartAsync();
        var (id, messageId) = (NewId.NextGuid(), NewId.NextGuid());
        await host.SendAsync(new Notice(id, "hello"), messageId, "notices");
        await ReceivedAsync(host, 1);
        await host.SendAsync(new Notice(id, "hello"), messageId, "notices");
        await host.SendAsync(new Notice(id, "barrier"), queue: "notices");
        await ReceivedAsync(host, 2);
        await SettledAsync(host);
        Assert.Equal(["barrier", "hello"], host.Received().Select(deliver => deliver.Message.Route).Order(StringComparer.Ordinal));
    }

    static async Task<List<string>> PlacesAsync(ParcelHost host)
    {
        var values = await host.Database.ScalarAsync<string>(
            "SELECT reltoastrelid::regclass::text FROM pg_class WHERE oid = 'parcel'::regclass"
        );
        return await host.Database.ColumnAsync($"SELECT DISTINCT chunk_id::text FROM {values} ORDER BY 1");
    }

    static Task<int> ReceivedAsync(ParcelHost host, int count) =>
        Eventually.SeeAsync(() => Task.FromResult(host.Received().Count), seen => seen >= count, $"{count} deliveries");

    static Task<int> SettledAsync(ParcelHost host) =>
        Eventually.SeeAsync(
            async () => (await host.Vhost.DepthsAsync()).Where(queue => queue.Key != "loyalty.dead-letters").Sum(queue => queue.Value),
            depth => depth == 0,
            "empty queues"
        );

    sealed class LateSender : ISagaConfigurationObserver, IFilter<ConsumeContext<Scanned>>
    {
        public InvalidOperationException? Refused { get; private set; }

        public async Task Send(ConsumeContext<Scanned> context, IPipe<ConsumeContext<Scanned>> next)
        {
            await next.Send(context);
            Refused = await Assert.ThrowsAsync<InvalidOperationException>(() =>
                context.Send(new Uri("exchange:parcel-delivery"), new Deliver(context.Message.ParcelId, "late"))
            );
        }

        public void Probe(ProbeContext context) { }

        public void SagaConfigured<TSaga>(ISagaConfigurator<TSaga> configurator)
            where TSaga : class, ISaga { }

        public void StateMachineSagaConfigured<TInstance>(
            ISagaConfigurator<TInstance> configurator,
            SagaStateMachine<TInstance> stateMachine
        )
            where TInstance : class, ISaga, SagaStateMachineInstance { }

        public void SagaMessageConfigured<TSaga, TMessage>(ISagaMessageConfigurator<TSaga, TMessage> configurator)
            where TSaga : class, ISaga
            where TMessage : class
        {
            if (this is IFilter<ConsumeContext<TMessage>> filter)
                ((ISagaMessageConfigurator<TMessage>)configurator).UseFilter(filter);
        }
    }
}
