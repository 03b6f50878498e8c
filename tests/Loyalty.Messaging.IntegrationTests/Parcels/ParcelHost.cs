using System.Data.Common;
using System.Text.Json;
using Loyalty.Messaging.Delivery;
using Loyalty.Messaging.Delivery.Journal;
using Loyalty.Messaging.Delivery.Outbox;
using Loyalty.Messaging.Delivery.Sending;
using Loyalty.Messaging.RabbitMq;
using Loyalty.Messaging.RabbitMq.InProcess;
using Loyalty.Messaging.RabbitMq.Publish;
using Loyalty.Messaging.RabbitMq.Receive;
using Loyalty.Messaging.Sagas;
using Loyalty.Messaging.ServiceDefaults;
using Loyalty.Messaging.Store.Migrations;
using Loyalty.Messaging.TestKit;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Loyalty.Messaging.IntegrationTests.Parcels;

/// <summary>A bus in this process on the real broker and the real database, with the parcel saga behind inbox and outbox.</summary>
internal sealed class ParcelHost : IAsyncDisposable
{
    readonly IHost _host;

    ParcelHost(TestDatabase database, TestVhost vhost, IHost host) => (Database, Vhost, _host) = (database, vhost, host);

    public TestDatabase Database { get; }
    public TestVhost Vhost { get; }
    public IServiceProvider Services => _host.Services;
    public Received Arrivals => Services.GetRequiredService<Received>();
    public CountedTransport CountedTransport => Services.GetRequiredService<CountedTransport>();
    public IBus Bus => Services.GetRequiredService<IBus>();

    /// <param name="groupCommit">Whether deliveries to the saga may share a transaction.</param>
    /// <param name="deliveries">False: nobody listens where parcels are delivered, so what is sent there comes back.</param>
    /// <param name="inProcess">Whether what is sent to where parcels are delivered may do without the broker.</param>
    /// <param name="sagas">May put something between a delivery and the saga.</param>
    public static async Task<ParcelHost> StartAsync(
        bool deliveries = true,
        Action<OutboxOptions>? outbox = null,
        bool start = true,
        bool groupCommit = false,
        TimeProvider? time = null,
        bool inProcess = false,
        ISagaConfigurationObserver? sagas = null
    )
    {
        var database = await TestDatabase.CopyAsync(
            nameof(ParcelHost),
            async empty =>
            {
                await Schema.MigrateAsync(empty.ConnectionString, CancellationToken.None);
                await empty.RunAsync(ParcelDbContext.CreateTable);
            }
        );
        var vhost = await TestVhost.CreateAsync();

        var builder = Host.CreateApplicationBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["RabbitMq:Uri"] = vhost.Uri.ToString() });
        builder.AddServiceDefaults("parcels");
        builder.Logging.SetMinimumLevel(LogLevel.Critical);
        builder.Services.AddSingleton(time ?? TimeProvider.System);
        builder.Services.AddSingleton<Failures>();
        builder.Services.AddSingleton<Received>();
        builder.Services.AddSingleton(services => new CountedTransport(
            services.GetRequiredService<DirectPublish>(),
            inProcess ? services.GetRequiredService<InProcessQueues>() : null
        ));
        builder.Services.AddSingleton<IOutboxTransport>(services => services.GetRequiredService<CountedTransport>());
        builder.Services.AddSingleton<IInProcessTransport>(services => services.GetRequiredService<CountedTransport>());
        builder.Services.AddDbContext<ParcelDbContext>(options => options.UseNpgsql(database.ConnectionString));
        builder.AddLoyaltyBus(
            bus =>
            {
                bus.AddEntityFrameworkOutbox<ParcelDbContext>(options =>
                {
                    options.AgeLimit = TimeSpan.FromSeconds(2);
                    options.ConfirmTimeout = TimeSpan.FromSeconds(1);
                    options.Lease = TimeSpan.FromSeconds(2);
                    options.QueryDelay = TimeSpan.FromMilliseconds(200);
                    options.UseBusOutbox();
                    outbox?.Invoke(options);
                });
                bus.AddSagaStateMachine<ParcelStateMachine, ParcelState>()
                    .EntityFrameworkRepository(repository =>
                    {
                        repository.ExistingDbContext<ParcelDbContext>();
                        repository.Journal(saga => new JournalSubject(saga.CorrelationId.ToString(), null, saga.CurrentState));
                    });
                bus.AddConsumer<NoticeConsumer>();
                bus.AddConsumer<RemindConsumer>();
            },
            (bus, context, _) =>
            {
                bus.ReceiveEndpoint(
                    "parcels",
                    endpoint =>
                    {
                        endpoint.UseWorkQueue(32);
                        // As the worker has it.
                        endpoint.UseMessageRetry(retry =>
                        {
                            retry.Ignore<DbException>(exception => exception.IsTransient);
                            retry.Immediate(3);
                        });
                        endpoint.UseEntityFrameworkOutbox<ParcelDbContext>(context, groupCommit);
                        if (sagas is not null)
                            endpoint.ConnectSagaConfigurationObserver(sagas);
                        endpoint.ConfigureSaga<ParcelState>(context);
                    }
                );
                bus.ReceiveEndpoint(
                    "notices",
                    endpoint =>
                    {
                        endpoint.UseWorkQueue(32);
                        endpoint.UseEntityFrameworkOutbox<ParcelDbContext>(context);
                        endpoint.ConfigureConsumer<NoticeConsumer>(context);
                        endpoint.ConfigureConsumer<RemindConsumer>(context);
                    }
                );
                if (deliveries)
                    bus.ReceiveEndpoint(
                        "parcel-delivery",
                        endpoint =>
                        {
                            if (inProcess)
                                endpoint.UseWorkQueue(32, context.GetRequiredService<InProcessQueues>());
                            endpoint.Handler<Deliver>(deliver => context.GetRequiredService<Received>().Add(deliver));
                        }
                    );
            }
        );
        var host = new ParcelHost(database, vhost, builder.Build());
        if (start)
            await host.StartAsync();
        return host;
    }

    public async Task StartAsync()
    {
        await _host.StartAsync();
        await Services.GetRequiredService<IBusControl>().WaitForHealthStatus(BusHealthStatus.Healthy, TimeSpan.FromSeconds(30));
    }

    public Task StopAsync() => _host.StopAsync();

    public async Task SendAsync<T>(T message, Guid? messageId = null, string queue = "parcels")
        where T : class
    {
        var endpoint = await Bus.GetSendEndpoint(new Uri($"exchange:{queue}"));
        await endpoint.Send(message, send => send.MessageId = messageId ?? NewId.NextGuid());
    }

    public Task<ParcelState?> ParcelAsync(Guid id) =>
        WithContextAsync(context => context.Set<ParcelState>().AsNoTracking().SingleOrDefaultAsync(parcel => parcel.CorrelationId == id));

    /// <summary>Waits until only so many messages are left in the outbox.</summary>
    public Task SeeOutboxAsync(int left = 0) =>
        Eventually.SeeAsync(
            () => Database.ScalarAsync<long>("SELECT count(*) FROM outbox"),
            rows => rows == left,
            $"an outbox with {left} rows"
        );

    /// <summary>Waits until so many parcels of this route are delivered; perhaps more than once, which is no fault.</summary>
    public Task SeeArrivedAsync(string route, int count) =>
        Eventually.SeeAsync(
            () =>
                Task.FromResult(
                    this.Received()
                        .Where(deliver => deliver.Message.Route == route)
                        .Select(deliver => deliver.Message.ParcelId)
                        .Distinct()
                        .Count()
                ),
            arrived => arrived == count,
            $"{count} messages '{route}'"
        );

    /// <summary>The first message to a place goes through the bus, and soon one does not.</summary>
    public async Task WarmAsync()
    {
        var taken = CountedTransport.Captured;
        var posted = this.Received().Count(deliver => deliver.Message.Route == "warm");
        await Eventually.SeeAsync(
            async () =>
            {
                await SendAsync(new Posted(NewId.NextGuid(), "warm"));
                await SeeArrivedAsync("warm", ++posted);
                return CountedTransport.Captured;
            },
            now => now > taken,
            "a message that took the short way"
        );
    }

    /// <summary>Puts a parcel's delivery into the outbox that no process has in hand.</summary>
    public Task InsertAsync(string route, Guid stream, string columns, string values, string destination = "exchange:parcel-delivery")
    {
        var urn = MessageUrn.ForTypeString<Deliver>();
        var body = JsonSerializer.Serialize(new { messageType = new[] { urn }, message = new { parcelId = stream, route } });
        return Database.RunAsync(
            $"""
            INSERT INTO outbox (id, stream, message_id, destination, content_type, message_type, metadata, body, created_at, {columns})
            VALUES (gen_random_uuid(), '{stream}', gen_random_uuid(), '{destination}', 'application/vnd.masstransit+json', '{urn}',
                jsonb_build_object('name', '{route}'), convert_to('{body}', 'UTF8'), now(), {values})
            """
        );
    }

    public async Task<T> WithContextAsync<T>(Func<ParcelDbContext, Task<T>> act)
    {
        await using var scope = Services.CreateAsyncScope();
        return await act(scope.ServiceProvider.GetRequiredService<ParcelDbContext>());
    }

    public async ValueTask DisposeAsync()
    {
        Arrivals.Open();
        await _host.StopAsync();
        _host.Dispose();
        await Vhost.DisposeAsync();
        await Database.DisposeAsync();
    }
}

/// <summary>What arrived where parcels are delivered.</summary>
internal sealed class Received
{
    readonly List<ConsumeContext<Deliver>> _all = [];
    TaskCompletionSource? _closed;
    int _held;

    /// <summary>How many wait for it to open.</summary>
    public int Held => Volatile.Read(ref _held);

    /// <summary>Whether the last of them came without the broker.</summary>
    public bool HeldInProcess { get; private set; }

    /// <summary>From now on what comes is held.</summary>
    public void Close() => _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Open() => Interlocked.Exchange(ref _closed, null)?.SetResult();

    public IReadOnlyList<ConsumeContext<Deliver>> All
    {
        get
        {
            lock (_all)
                return [.. _all];
        }
    }

    public async Task Add(ConsumeContext<Deliver> deliver)
    {
        if (_closed is { } closed)
        {
            HeldInProcess = deliver.IsInProcess();
            Interlocked.Increment(ref _held);
            await closed.Task;
            Interlocked.Decrement(ref _held);
        }
        lock (_all)
            _all.Add(deliver);
    }
}

/// <summary>The short ways out, counted.</summary>
internal sealed class CountedTransport(DirectPublish publish, InProcessQueues? queues) : IOutboxTransport, IInProcessTransport
{
    int _captured,
        _stored;

    /// <summary>Messages that took it from memory.</summary>
    public int Captured => Volatile.Read(ref _captured);

    /// <summary>Messages that took it from the table.</summary>
    public int Stored => Volatile.Read(ref _stored);

    /// <summary>What becomes of the next message from memory instead of its being sent.</summary>
    public Task? Instead { get; set; }

    public bool TakesMessages => true;

    public Task<bool>? Deliver(SendContext message, byte[] body) => queues?.Deliver(message, body);

    public Task? SendCaptured(SendContext message, byte[] body)
    {
        if (Instead is { } instead)
        {
            Instead = null;
            return Counted(instead, ref _captured);
        }
        return Counted(publish.SendCaptured(message, body), ref _captured);
    }

    public Task? SendStored(IPipe<SendContext> message, byte[] body) => Counted(publish.SendStored(message, body), ref _stored);

    static Task? Counted(Task? sent, ref int taken)
    {
        if (sent is not null)
            Interlocked.Increment(ref taken);
        return sent;
    }
}

/// <summary>A consumer, not a saga: its inbox and outbox are the same.</summary>
internal sealed class NoticeConsumer(Failures failures) : IConsumer<Notice>
{
    public async Task Consume(ConsumeContext<Notice> context)
    {
        failures.Earlier.Add(context.MayHaveBeenDelivered());
        var endpoint = await context.GetSendEndpoint(new Uri("exchange:parcel-delivery"));
        await endpoint.Send(new Deliver(context.Message.ParcelId, context.Message.Text));
        if (context.Message.Text == "fails once")
            failures.Fail(context.Message.ParcelId, 1);
        if (context.Message.Text == "unconfirmed once")
            failures.Fail(context.Message.ParcelId, 1, new RabbitMqConnectionException("BasicPublishAsync failed"));
    }
}

/// <param name="Cancel">Token of a reminder that this one replaces.</param>
/// <param name="ThenCancel">Takes it back in the same delivery.</param>
public sealed record Remind(Guid ParcelId, TimeSpan In, Guid? Cancel, bool ThenCancel = false);

/// <summary>Schedules and cancels by MassTransit's own words.</summary>
internal sealed class RemindConsumer(TimeProvider time) : IConsumer<Remind>
{
    static readonly Uri Delivery = new("exchange:parcel-delivery");

    public async Task Consume(ConsumeContext<Remind> context)
    {
        var scheduler = context.GetPayload<MessageSchedulerContext>();
        if (context.Message.Cancel is { } token)
            await scheduler.CancelScheduledSend(Delivery, token);
        var scheduled = await context.ScheduleSend(
            Delivery,
            (time.GetUtcNow() + context.Message.In).UtcDateTime,
            new Deliver(context.Message.ParcelId, "due")
        );
        if (context.Message.ThenCancel)
            await context.CancelScheduledSend(scheduled);
    }
}
