using System.Diagnostics.Metrics;
using Loyalty.Messaging.AirMiles.AmCash;
using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.Sagas;
using Loyalty.Messaging.Store.Echoes;

namespace Loyalty.Messaging.Worker.AmCash;

/// <summary>Runs ECHO, one at a time, and keeps the last result: here for health and gauge, in the database for ops.</summary>
internal sealed partial class EchoRunner : IDisposable
{
    readonly Meter _meter = new(LoyaltyTelemetry.Name);
    readonly SemaphoreSlim _turn = new(1);
    readonly IAmCashClient _issuer;
    readonly IServiceScopeFactory _scopes;
    readonly ILogger<EchoRunner> _logger;

    public EchoRunner(IAmCashClient issuer, IServiceScopeFactory scopes, ILogger<EchoRunner> logger)
    {
        (_issuer, _scopes, _logger) = (issuer, scopes, logger);
        _meter.CreateObservableGauge(
            "loyalty.airmiles.echo",
            Observe,
            null,
            "1 when the issuer's last answer to ECHO was yes, else 0; nothing before the first"
        );
    }

    /// <summary>Null before the first.</summary>
    public EchoRan? Last { get; private set; }

    public async Task<EchoRan> RunAsync(string? requestedBy, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var result = await _issuer.EchoAsync(cancellationToken);
            var ran = new EchoRan
            {
                At = result.At,
                Worker = Environment.MachineName,
                Outcome = AmCashWords.Of(result.Verdict.Outcome),
                ResponseCode = result.Verdict.Code,
                Status = result.Exchange.Status,
                Meaning = result.Verdict.Meaning,
                Details = result.Exchange.Message,
                Actor = AmCashWords.Of(result.Verdict.Actor),
                Calls = result.Exchange.Calls,
                DurationMs = Math.Round(result.Duration.TotalMilliseconds, 1),
                TraceId = result.Exchange.TraceId,
                RequestedBy = requestedBy,
            };
            Last = ran;
            await KeepAsync(ran, cancellationToken);
            return ran;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose()
    {
        _meter.Dispose();
        _turn.Dispose();
    }

    IEnumerable<Measurement<int>> Observe() => Last is { } last ? [new Measurement<int>(last.Outcome == AmCashWords.Answered ? 1 : 0)] : [];

    /// <summary>A database that is away does not keep us from asking the issuer.</summary>
    async Task KeepAsync(EchoRan ran, CancellationToken cancellationToken)
    {
        try
        {
            await using var scope = _scopes.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<EchoHistory>().AddAsync(ran, cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            NotKept(_logger, exception.GetBaseException().Message);
        }
    }

    [LoggerMessage(2201, LogLevel.Warning, "The result of ECHO could not be written to the database: {Cause}")]
    static partial void NotKept(ILogger logger, string cause);
}
