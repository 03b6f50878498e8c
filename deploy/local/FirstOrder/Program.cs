// Publishes the example order and its refund under fresh ids, waits until both are settled, and compares what the issuer's ledger says with
// what the ops API says. Exit code 0: settled, and both say the same.
using FirstOrder;

if (args.Length != 3 || Environment.GetEnvironmentVariable("RabbitMq__Uri") is not { Length: > 0 } broker)
{
    Console.Error.WriteLine("usage: RabbitMq__Uri=amqp://… FirstOrder EXAMPLES-FOLDER OPS-URL SIMULATOR-URL");
    return 2;
}

var time = TimeProvider.System;
using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(60), time);
try
{
    var example = Example.Read(args[0], time);
    await Commerce.PublishAsync(broker, example, time, stop.Token);
    Console.WriteLine($"published order {example.OrderId} and its refund {example.RefundId}");

    using var ops = new OpsApi(new Uri(args[1]), Environment.GetEnvironmentVariable("Ops__Key"), time);
    var order = await ops.SettledAsync(example, stop.Token);
    using var issuer = new IssuerLedger(new Uri(args[2]));
    var ledger = await issuer.OfAsync(order.ClientTransactionId, stop.Token);

    Console.WriteLine();
    Console.WriteLine($"                  issuer's ledger   ops");
    Console.WriteLine($"miles issued      {ledger.Issued, 15}   {order.Miles} ({order.State})");
    Console.WriteLine($"miles reversed    {ledger.Reversed, 15}   {order.MilesReversed} ({order.RefundState})");
    if (ledger.Issued == order.Miles && ledger.Reversed == order.MilesReversed && ledger.Issued > 0)
    {
        Console.WriteLine("both say the same");
        return 0;
    }

    Console.Error.WriteLine("they do NOT agree");
    return 1;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    Console.Error.WriteLine("not published and settled within 60 seconds");
    return 1;
}
catch (FirstOrderException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}
