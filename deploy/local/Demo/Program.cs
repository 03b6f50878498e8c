using System.Globalization;
using Demo;

// demo SIMULATOR [SECONDS]: some life to look at, spread over so many seconds, so that charts have something to show. The broker is
// RabbitMq__Uri.
if (
    args is not ([_] or [_, _])
    || !double.TryParse(args.ElementAtOrDefault(1) ?? "0", CultureInfo.InvariantCulture, out var seconds)
    || Environment.GetEnvironmentVariable("RabbitMq__Uri") is not { Length: > 0 } broker
)
{
    Console.Error.WriteLine("usage: demo SIMULATOR-ADDRESS [SECONDS], with RabbitMq__Uri in the environment");
    return 2;
}
const int Waves = 12;
await IssuersDay.ScriptAsync(new Uri(args[0]));
await using var shop = await Shop.OpenAsync(broker);
var day = new ShopsDay(TimeProvider.System);
var events = day.Events().ToList();
foreach (var wave in events.Chunk((events.Count + Waves - 1) / Waves))
{
    foreach (var (exchange, body) in wave)
        await shop.PublishAsync(exchange, body);
    await Task.Delay(TimeSpan.FromSeconds(seconds / Waves), TimeProvider.System);
}
Console.WriteLine(
    $"demo       {day.Orders} orders, {day.Refunds} refunds, {day.Broken} events that break the contract, {day.Conflicts} that conflict"
);
return 0;
