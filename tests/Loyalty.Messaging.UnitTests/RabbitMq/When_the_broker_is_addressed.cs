using Loyalty.Messaging.RabbitMq.Broker;
using Xunit;

namespace Loyalty.Messaging.UnitTests.RabbitMq;

public sealed class When_the_broker_is_addressed
{
    [Theory]
    [InlineData("amqp://user:secret@broker/", "broker:-1")]
    [InlineData("amqp://user:secret@broker:5672/vhost", "broker:5672")]
    [InlineData("amqp://user:secret@a:1,b:2,c:3/vhost", "a:1 b:2 c:3")]
    [InlineData("amqps://user:secret@a:5671, b:5671", "a:5671 b:5671")]
    [InlineData("amqp://user:sec,ret@a:1,b:2/v%2Fh", "a:1 b:2")]
    [InlineData("amqp://a:1,[::1]:2", "a:1 [::1]:2")]
    public void Every_host_is_a_node(string text, string nodes)
    {
        Assert.True(BrokerAddress.TryParse(text, out var address));
        Assert.Equal(nodes.Split(' ').Order(), address.Resolver().All().Select(node => $"{node.HostName}:{node.Port}").Order(), Port);
        Assert.DoesNotContain("secret", address.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Each_node_is_asked_for_a_certificate_of_its_own()
    {
        Assert.True(BrokerAddress.TryParse("amqps://user:secret@a:5671,b:5671/vhost", out var address));
        Assert.All(
            address.Resolver().All(),
            node =>
            {
                Assert.True(node.Ssl.Enabled);
                Assert.Equal(
                    (node.HostName, System.Net.Security.SslPolicyErrors.None),
                    (node.Ssl.ServerName, node.Ssl.AcceptablePolicyErrors)
                );
            }
        );
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("broker")]
    [InlineData("http://user:secret@broker")]
    [InlineData("amqp:broker")]
    [InlineData("amqp://")]
    [InlineData("amqp://user:secret@a:1,")]
    [InlineData("amqp://user:secret@a:1,,b:2")]
    [InlineData("amqp://user:secret@a:1,b:port/vhost")]
    public void What_is_no_address_is_none(string? text) => Assert.False(BrokerAddress.TryParse(text, out _));

    /// <summary>The client says -1 or its default for a port that is not given.</summary>
    static bool Port(string expected, string actual) =>
        expected == actual
        || (expected.EndsWith(":-1", StringComparison.Ordinal) && actual == expected.Replace("-1", "5672", StringComparison.Ordinal));
}
