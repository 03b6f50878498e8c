using Demo;

// demo SIMULATOR: some life to look at. The broker is RabbitMq__Uri.
if (args is not [var simulator] || Environment.GetEnvironmentVariable("RabbitMq__Uri") is not { Length: > 0 } broker)
{
    Console.Error.WriteLine("usage: demo SIMULATOR-ADDRESS, with RabbitMq__Uri in the environment");
    return 2;
}
await IssuersDay.ScriptAsync(new Uri(simulator));
await using var shop = await Shop.OpenAsync(broker);
var day = new ShopsDay(TimeProvider.System);
foreach (var (exchange, body) in day.Events())
    await shop.PublishAsync(exchange, body);
Console.WriteLine($"demo       {day.Orders} orders, {day.Refunds} refunds, {day.Broken} events that break the contract, {day.Conflicts} that conflict");
return 0;
