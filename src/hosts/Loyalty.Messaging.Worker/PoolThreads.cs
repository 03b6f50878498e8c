namespace Loyalty.Messaging.Worker;

/// <summary>
/// The worker's project file asks for one thread of the pool, and the runtime adds none but for one that blocks. On a machine with more
/// than two cores it is half of the cores:
/// the others are for the threads of sockets and timers, the collector and whoever else is on the machine.
/// <c>DOTNET_ThreadPool_ForceMinWorkerThreads</c> (in hexadecimal) raises it.
/// </summary>
internal static class PoolThreads
{
    public static void Begin()
    {
        ThreadPool.GetMinThreads(out var threads, out var ports);
        ThreadPool.SetMinThreads(Math.Max(threads, Environment.ProcessorCount / 2), ports);
    }
}
