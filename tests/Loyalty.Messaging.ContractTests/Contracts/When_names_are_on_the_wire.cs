using System.Reflection;
using System.Text;
using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.RabbitMq.Broker;
using Loyalty.Messaging.Sagas;
using MassTransit;
using Xunit;

namespace Loyalty.Messaging.ContractTests.Contracts;

/// <summary>A renamed record or queue is a silent outage: messages under way, and other teams' bindings, keep the old name.</summary>
public sealed class When_names_are_on_the_wire
{
    const int DefaultPartitions = 16;

    [Fact]
    public void They_stay_what_they_were()
    {
        var text = new StringBuilder();
        text.Append("# Exchanges that other teams publish to or bind, and what comes through them.\n");
        text.Append(Line(WireNames.OrderCompleted, typeof(OrderCompleted))).Append(Line(WireNames.OrderRefunded, typeof(OrderRefunded)));
        foreach (var (type, exchange) in WireNames.Published)
            text.Append(Line(exchange, type));
        text.Append("\n# Command queues, what is asked there, and what is answered.\n");
        foreach (var (queue, question, answers) in Requests)
            text.Append(queue)
                .Append("  ")
                .Append(MessageUrn.ForTypeString(question))
                .Append("  ")
                .AppendJoin("  ", answers.Select(MessageUrn.ForTypeString))
                .Append('\n');
        text.Append("\n# Messages between our own queues: what is under way during an upgrade must still be understood.\n");
        foreach (var type in InternalMessages().OrderBy(type => type.Name, StringComparer.Ordinal))
            text.Append(MessageUrn.ForTypeString(type)).Append('\n');
        Approved.Matches("contracts/wire-names.approved.txt", text.ToString());
    }

    [Fact]
    public void The_topology_stays_what_it_was()
    {
        var text = new StringBuilder("# Exchanges: durable fanouts.\n");
        foreach (var exchange in Topology.Exchanges)
            text.Append(exchange).Append('\n');
        text.Append("\n# Work queues.\n").Append(IssuerQueues.Issuance).Append('\n').Append(IssuerQueues.Reversal).Append('\n');
        foreach (var queue in new IssuerQueues(DefaultPartitions).Names)
            text.Append(queue).Append('\n');
        text.Append("\n# Arguments of every work queue. A change makes the broker refuse the queue that exists.\n");
        foreach (var (argument, value) in Topology.WorkQueueArguments.OrderBy(entry => entry.Key, StringComparer.Ordinal))
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{argument} = {value}\n");
        text.Append("\n# Queues of questions.\n");
        foreach (var (queue, _, _) in Requests)
            text.Append(queue).Append('\n');
        text.Append("\n# Their arguments.\n");
        foreach (var (argument, value) in Topology.RequestQueueArguments.OrderBy(entry => entry.Key, StringComparer.Ordinal))
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{argument} = {value}\n");
        Approved.Matches("contracts/topology.approved.txt", text.ToString());
    }

    static readonly (string Queue, Type Question, Type[] Answers)[] Requests =
    [
        (WireNames.InquireBalance, typeof(InquireBalance), [typeof(BalanceInquired), typeof(BalanceInquiryFailed)]),
        (WireNames.Echo, typeof(RunEcho), [typeof(EchoRan)]),
    ];

    static string Line(string exchange, Type type) => $"{exchange}  {MessageUrn.ForTypeString(type)}\n";

    /// <summary>What the state machines and consumers of the sagas' room receive, without commerce's own.</summary>
    static IEnumerable<Type> InternalMessages()
    {
        var types = typeof(IssuerQueues).Assembly.GetTypes();
        var events = types
            .SelectMany(type => type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            .Select(property => property.PropertyType)
            .Where(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Event<>));
        var consumed = types
            .Where(type => !type.IsAbstract)
            .SelectMany(type => type.GetInterfaces())
            .Where(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IConsumer<>));
        return events
            .Concat(consumed)
            .Select(type => type.GetGenericArguments()[0])
            .Where(type => type.Assembly != typeof(WireNames).Assembly)
            .Distinct();
    }
}
