using Loyalty.Messaging.RabbitMq.Commerce;
using Loyalty.Messaging.RabbitMq.Read;
using MassTransit;
using Xunit;

namespace Loyalty.Messaging.ContractTests.Contracts;

/// <summary>Subscribers have an AMQP client and a JSON reader, and nothing of ours: no envelope may reach them.</summary>
public sealed class When_the_bus_publishes
{
    public static TheoryData<string> Events =>
        [.. Schemas.Events.Where(entry => !Schemas.IsIncoming(entry.Value)).Select(entry => entry.Key)];

    [Theory, MemberData(nameof(Events))]
    public async Task The_body_is_the_event_and_nothing_around_it(string name)
    {
        var type = Schemas.Events[name];
        var bus = MassTransit.Bus.Factory.CreateUsingInMemory(memory =>
        {
            memory.UseMessageReader();
            memory.UseEventNames();
            memory.ConfigureJsonSerializerOptions(WireJson.Of);
        });
        await bus.StartAsync(TestContext.Current.CancellationToken);
        try
        {
            var sent = new Sent();
            using var _ = bus.ConnectPublishObserver(sent);

            await bus.Publish(Examples.Published[type], type, TestContext.Current.CancellationToken);

            Assert.Equal("application/json", sent.ContentType);
            Assert.Empty(sent.Headers);
            Assert.Null(PublishedSchemas.Refusal(name, System.Text.Encoding.UTF8.GetBytes(sent.Body!)));
        }
        finally
        {
            await bus.StopAsync(CancellationToken.None);
        }
    }

    sealed class Sent : IPublishObserver
    {
        public string? ContentType { get; private set; }
        public string? Body { get; private set; }
        public IReadOnlyList<string> Headers { get; private set; } = [];

        public Task PrePublish<T>(PublishContext<T> context)
            where T : class => Task.CompletedTask;

        public Task PostPublish<T>(PublishContext<T> context)
            where T : class
        {
            ContentType = context.Serializer!.ContentType.MediaType;
            Body = context.Serializer.GetMessageBody(context).GetString();
            Headers = [.. context.Headers.GetAll().Select(header => header.Key)];
            return Task.CompletedTask;
        }

        public Task PublishFault<T>(PublishContext<T> context, Exception exception)
            where T : class => Task.CompletedTask;
    }
}
