namespace Loyalty.Messaging.Simulator.Answers;

/// <summary>Calls whose answer never comes, until their clients give up or somebody releases them all.</summary>
internal sealed class HeldCalls
{
    TaskCompletionSource _release = NewRelease();
    int _count;

    public int Count => Volatile.Read(ref _count);

    public async Task HoldAsync(CancellationToken aborted)
    {
        var release = Volatile.Read(ref _release);
        Interlocked.Increment(ref _count);
        try
        {
            await release.Task.WaitAsync(aborted);
        }
        finally
        {
            Interlocked.Decrement(ref _count);
        }
    }

    public void Release() => Interlocked.Exchange(ref _release, NewRelease()).TrySetResult();

    static TaskCompletionSource NewRelease() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
