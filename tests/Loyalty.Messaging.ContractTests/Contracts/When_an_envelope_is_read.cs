using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Loyalty.Messaging.AirMiles;
using Loyalty.Messaging.RabbitMq.Commerce;
using Loyalty.Messaging.RabbitMq.Read;
using Loyalty.Messaging.Sagas.Issuance;
using MassTransit;
using MassTransit.Serialization;
using Xunit;

namespace Loyalty.Messaging.ContractTests.Contracts;

/// <summary>
/// Our commands travel in MassTransit's envelope and are read by a reader of our own: it must read what MassTransit reads, or leave it to
/// MassTransit.
/// </summary>
public sealed class When_an_envelope_is_read
{
    static readonly IssueConfirmed Confirmed = new()
    {
        OrderId = "W-\"1\" é",
        IdempotencyKey = Guid.NewGuid(),
        Pending = true,
        TransactionId = "T-1",
        Issuances = [new IssuanceStatus("STANDARD", "17", 8, "PENDING")],
        Attempts =
        [
            new CallAttempt(DateTimeOffset.UnixEpoch, TimeSpan.FromMilliseconds(12.5), 202, null, null, "{\"status\":\"PENDING\"}"),
        ],
    };

    static readonly IssueMiles Command = new()
    {
        OrderId = "W-1",
        CollectorNumber = "80085102028",
        Revision = 1,
        IdempotencyKey = Guid.NewGuid(),
        Body = [1, 2, 3, 255],
    };

    [Fact]
    public async Task It_says_what_MassTransit_reads_in_it()
    {
        var body = await WrittenAsync(Confirmed);

        var ours = Envelope.Read(body);
        var theirs = Theirs(body);

        Assert.NotNull(ours);
        Assert.Equal(
            (
                theirs.MessageId,
                theirs.RequestId,
                theirs.CorrelationId,
                theirs.ConversationId,
                theirs.InitiatorId,
                theirs.SentTime,
                theirs.ExpirationTime
            ),
            (ours.MessageId, ours.RequestId, ours.CorrelationId, ours.ConversationId, ours.InitiatorId, ours.SentTime, ours.ExpirationTime)
        );
        Assert.NotNull(ours.MessageId);
        Assert.Equal(
            (theirs.SourceAddress, theirs.DestinationAddress, theirs.ResponseAddress, theirs.FaultAddress),
            (ours.SourceAddress, ours.DestinationAddress, ours.ResponseAddress, ours.FaultAddress)
        );
        Assert.NotNull(ours.SourceAddress);
        Assert.Equal(theirs.SupportedMessageTypes, ours.MessageTypes);
        Assert.Equal(JsonSerializer.Serialize(theirs.Host), JsonSerializer.Serialize(ours.Host));
    }

    [Fact]
    public async Task The_message_in_it_is_the_same()
    {
        Assert.True(Read(await WrittenAsync(Command)).TryGetMessage<IssueMiles>(out var command));
        Assert.True(Read(await WrittenAsync(Confirmed)).TryGetMessage<IssueConfirmed>(out var confirmed));

        Assert.Equal(JsonSerializer.Serialize(Command), JsonSerializer.Serialize(command.Message));
        Assert.Equal(JsonSerializer.Serialize(Confirmed), JsonSerializer.Serialize(confirmed.Message));
    }

    [Fact]
    public async Task It_is_no_message_of_another_type()
    {
        var context = Read(await WrittenAsync(Confirmed));

        Assert.True(context.HasMessageType(typeof(IssueConfirmed)));
        Assert.False(context.HasMessageType(typeof(IssueRejected)));
        Assert.False(context.TryGetMessage<IssueRejected>(out _));
    }

    [Fact]
    public async Task It_can_be_sent_on_as_it_is()
    {
        var context = Read(await WrittenAsync(Command));

        Assert.NotNull(context.SerializerContext.GetMessageSerializer());
        Assert.True(context.SerializerContext.TryGetMessage<JsonObject>(out var message));
        Assert.Equal("W-1", (string?)message!["orderId"]);
    }

    [Theory]
    [InlineData("headers", """{"a":1}""")]
    [InlineData("sourceAddress", "7")]
    [InlineData("messageId", "\"not a guid\"")]
    [InlineData("message", "[]")]
    [InlineData("messageType", "[]")]
    [InlineData("MessageId", "\"6f1c8f9e-57c1-4f4c-8f5e-6d3f1f2a0a01\"")]
    [InlineData("somethingNew", "true")]
    public async Task What_is_not_written_like_that_is_left_to_MassTransit(string member, string value)
    {
        var envelope = JsonNode.Parse(await WrittenAsync(Command))!.AsObject();
        envelope[member] = JsonNode.Parse(value);

        Assert.Null(Envelope.Read(Encoding.UTF8.GetBytes(envelope.ToJsonString())));
    }

    [Fact]
    public async Task What_is_cut_off_is_left_to_MassTransit()
    {
        var body = await WrittenAsync(Command);

        Assert.Null(Envelope.Read(body[..^1]));
        Assert.Null(Envelope.Read([]));
    }

    [Fact]
    public async Task What_has_headers_is_read_with_them()
    {
        var envelope = JsonNode.Parse(await WrittenAsync(Command))!.AsObject();
        envelope["headers"] = new JsonObject { ["a"] = "b" };

        var context = Read(Encoding.UTF8.GetBytes(envelope.ToJsonString()));

        Assert.Equal("b", context.Headers.Get<string>("a"));
        Assert.True(context.TryGetMessage<IssueMiles>(out _));
    }

    static ConsumeContext Read(byte[] body) =>
        new MessageReader(SystemTextJsonMessageSerializer.JsonContentType, new SystemTextJsonMessageSerializer()).Deserialize(
            new UnsentEvent("", null, body)
        );

    static SerializerContext Theirs(byte[] body) =>
        new SystemTextJsonMessageSerializer().Deserialize(new BytesMessageBody(body), EmptyHeaders.Instance);

    /// <summary>As a bus of ours writes it.</summary>
    static async Task<byte[]> WrittenAsync<T>(T message)
        where T : class
    {
        var bus = MassTransit.Bus.Factory.CreateUsingInMemory(memory => memory.ConfigureJsonSerializerOptions(WireJson.Of));
        await bus.StartAsync(TestContext.Current.CancellationToken);
        try
        {
            var written = new Written();
            using var _ = bus.ConnectSendObserver(written);
            var queue = await bus.GetSendEndpoint(new Uri("queue:commands"));
            await queue.Send(
                message,
                context => (context.CorrelationId, context.ConversationId) = (Guid.NewGuid(), Guid.NewGuid()),
                TestContext.Current.CancellationToken
            );
            return written.Body;
        }
        finally
        {
            await bus.StopAsync(CancellationToken.None);
        }
    }

    sealed class Written : ISendObserver
    {
        public byte[] Body { get; private set; } = [];

        public Task PreSend<T>(SendContext<T> context)
            where T : class => Task.CompletedTask;

        public Task PostSend<T>(SendContext<T> context)
            where T : class
        {
            Body = context.Serializer!.GetMessageBody(context).GetBytes();
            return Task.CompletedTask;
        }

        public Task SendFault<T>(SendContext<T> context, Exception exception)
            where T : class => Task.CompletedTask;
    }
}
