using System.CommandLine;
using Loyalty.Messaging.Cli.Publishing;
using Loyalty.Messaging.RabbitMq.Broker;
using Loyalty.Messaging.RabbitMq.Commerce;
using Loyalty.Messaging.ServiceDefaults;

namespace Loyalty.Messaging.Cli.Commands;

/// <summary><c>loyalty publish FILE…</c>: publishes events of commerce; all files are valid, or none is published.</summary>
internal static class PublishCommand
{
    public static Command Create()
    {
        var files = new Argument<string[]>("file")
        {
            Description = "JSON files, each an order-completed or order-refunded event",
            Arity = ArgumentArity.OneOrMore,
        };
        var fresh = new Option<bool>("--fresh") { Description = "Publish under new ids, consistently over all files" };
        var json = Output.JsonOption();
        var command = new Command("publish", "Publish events as commerce does (RabbitMq__Uri)") { files, fresh, json };
        command.SetAction(
            (line, cancellationToken) =>
                RunAsync(line.GetValue(files)!, line.GetValue(fresh), new Output(line.GetValue(json)), cancellationToken)
        );
        return command;
    }

    static async Task<int> RunAsync(string[] paths, bool fresh, Output output, CancellationToken cancellationToken)
    {
        List<EventFile> events;
        try
        {
            events = [.. paths.Select(EventFile.Read)];
        }
        catch (EventFileException exception)
        {
            return output.Fail(exception.Message);
        }
        var violations = events
            .SelectMany(file =>
                file.Validate()
                    .Select(violation => new
                    {
                        file = file.Path,
                        violation.Field,
                        violation.Problem,
                        text = violation.ToString(),
                    })
            )
            .ToList();
        if (violations.Count > 0)
            return output.Fail(
                string.Join(Environment.NewLine, violations.Select(violation => $"{violation.file}: {violation.text}")),
                new
                {
                    error = "Nothing was published: an event breaks the contract",
                    violations = violations.Select(violation => new
                    {
                        violation.file,
                        violation.Field,
                        violation.Problem,
                    }),
                }
            );
        if (fresh)
        {
            var ids = new FreshIds();
            events = [.. events.Select(ids.Apply)];
        }
        return await PublishAsync(Broker(), events, output, cancellationToken);
    }

    static async Task<int> PublishAsync(
        BrokerAddress broker,
        IReadOnlyList<EventFile> events,
        Output output,
        CancellationToken cancellationToken
    )
    {
        var publisher = new CommercePublisher(TimeProvider.System);
        var published = new List<object>();
        foreach (var file in events)
        {
            try
            {
                await publisher.PublishAsync(broker, new CommerceEventFile(file.Exchange, file.EventId, file.Body), cancellationToken);
            }
            catch (PublishFailedException exception)
            {
                return output.Fail($"{file.Path}: {exception.Message}", new { error = $"{file.Path}: {exception.Message}", published });
            }
            published.Add(
                new
                {
                    file = file.Path,
                    file.Exchange,
                    file.EventId,
                    file.OrderId,
                    file.RefundId,
                }
            );
            if (!output.IsJson)
                Console.WriteLine(
                    $"{file.Path}: published to {file.Exchange} "
                        + $"(order {file.OrderId}{(file.RefundId is null ? "" : $", refund {file.RefundId}")})"
                );
        }
        return output.Succeed(new { published }, () => { });
    }

    static BrokerAddress Broker()
    {
        var options = new RabbitMqOptions { Uri = Settings.FromEnvironment()[$"{RabbitMqOptions.Section}:{nameof(RabbitMqOptions.Uri)}"] };
        foreach (var mistake in options.Validate())
            throw new ConfigurationMistakeException(mistake);
        return options.Address;
    }
}
