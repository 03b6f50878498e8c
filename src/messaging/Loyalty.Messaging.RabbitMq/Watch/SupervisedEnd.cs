using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Loyalty.Messaging.RabbitMq.Watch;

/// <summary>Ends a process that cannot help itself, for its supervisor to start it anew.</summary>
internal sealed partial class SupervisedEnd(IHostApplicationLifetime lifetime, TimeProvider time, ILogger<SupervisedEnd> logger)
{
    /// <summary>EX_TEMPFAIL of sysexits.h: it may work when it is started again.</summary>
    public const int StartAgain = 75;

    /// <summary>What hangs may hang in stopping too.</summary>
    static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(40);

    /// <param name="cause">A sentence.</param>
    public void End(string cause)
    {
        Ending(logger, cause);
        Environment.ExitCode = StartAgain;
        lifetime.StopApplication();
        _ = Task.Delay(LongestStop, time)
            .ContinueWith(_ => Environment.Exit(StartAgain), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    [LoggerMessage(3122, LogLevel.Critical, "{Cause}. This process ends; its supervisor starts it again")]
    static partial void Ending(ILogger logger, string cause);
}
