using Loyalty.Messaging.Delivery.Outbox;
using Loyalty.Messaging.RabbitMq.Broker;
using Loyalty.Messaging.RabbitMq.InProcess;
using Microsoft.Extensions.Options;
using Xunit;

namespace Loyalty.Messaging.UnitTests.RabbitMq;

/// <summary>
/// How long a message may take without the broker follows from when its row is anybody's: its copy is with the broker before, and is known
/// to be one.
/// </summary>
public sealed class When_limits_nest
{
    [Theory]
    [InlineData(10, 5)]
    [InlineData(6, 5.9)]
    [InlineData(2, 1)]
    [InlineData(3600, 1)]
    public void A_copy_is_confirmed_before_the_sweeper_sends_another(double ageLimit, double confirmTimeout)
    {
        var outbox = new OutboxOptions { AgeLimit = TimeSpan.FromSeconds(ageLimit), ConfirmTimeout = TimeSpan.FromSeconds(confirmTimeout) };

        Assert.True(outbox.CopyAfter > TimeSpan.Zero);
        Assert.True(outbox.CopyAfter + outbox.ConfirmTimeout < outbox.AgeLimit);
        var queues = new InProcessQueues(Options.Create(new RabbitMqOptions()), outbox);
        Assert.Equal(outbox.CopyAfter, queues.CopyAfter);
        // Whatever took long enough for a copy to go is remembered.
        var began = TimeProvider.System.GetTimestamp() - (long)(outbox.CopyAfter.TotalSeconds * TimeProvider.System.TimestampFrequency);
        queues.SlowOf("a queue").Done("a message", began);
        Assert.True(queues.SlowOf("a queue").Knows("a message"));
    }

    [Fact]
    public void The_defaults_leave_time_for_the_tries_of_a_saga() =>
        Assert.True(new OutboxOptions().CopyAfter >= TimeSpan.FromSeconds(2.5));
}
