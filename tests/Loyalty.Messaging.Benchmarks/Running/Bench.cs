using System.Text.Json;

namespace Loyalty.Messaging.Benchmarks.Running;

/// <summary>The whole load run.</summary>
internal static class Bench
{
    /// <returns>0; 1 when a run broke an invariant or a bound; 2 for a mistake on the command line.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        try
        {
            var options = Options.Parse(arguments);
            foreach (var mode in options.Modes)
            {
                var result = await new Run(mode, new Flow(Flow.OrdersOnly, options.Orders, 0), options).MeasureAsync();
                await Console.Error.WriteLineAsync(JsonSerializer.Serialize(result with { Samples = [] }, JsonSerializerOptions.Web));
            }
            return 0;
        }
        catch (UsageException mistake)
        {
            await Console.Error.WriteLineAsync(mistake.Message);
            return 2;
        }
        catch (RunFailedException failure)
        {
            await Console.Error.WriteLineAsync(failure.Message);
            return 1;
        }
    }
}
