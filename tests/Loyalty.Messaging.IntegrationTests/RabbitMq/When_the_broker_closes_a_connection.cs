using Loyalty.Messaging.RabbitMq.Broker;
using Loyalty.Messaging.RabbitMq.Publish;
using Loyalty.Messaging.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Loyalty.Messaging.IntegrationTests.RabbitMq;

/// <summary>Whoever asks is told at once, and does not wait for an answer to a question that cannot be sent.</summary>
public sealed class When_the_broker_closes_a_connection
{
    [Fact]
    public async Task No_question_is_sent_even_before_the_next_look()
    {
        await using var vhost = await TestVhost.CreateAsync();
        // It stands: what is known is known without another look.
        var clock = new FakeTimeProvider();
        var options = Options.Create(new RabbitMqOptions { Uri = vhost.Uri.ToString() });
        using var watch = new PublishWatch(options, clock, NullLogger<PublishWatch>.Instance);
        await watch.StartAsync(TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => Task.FromResult(Asks(watch)), "a broker that takes messages");

        await vhost.CloseConnectionsAsync("loyalty-publish-watch");

        await Eventually.TrueAsync(() => Task.FromResult(!Asks(watch)), "a question that is not sent");
        await watch.StopAsync(TestContext.Current.CancellationToken);
    }

    static bool Asks(PublishWatch watch)
    {
        try
        {
            watch.ThrowUnlessTaking();
            return true;
        }
        catch (UnsentQuestionException)
        {
            return false;
        }
    }
}
