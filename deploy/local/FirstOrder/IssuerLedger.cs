using System.Net.Http.Json;

namespace FirstOrder;

/// <summary>What the issuer's ledger holds of one order, its reversals included.</summary>
internal sealed record LedgerSummary(long Issued, long Reversed);

/// <summary>Reads the simulator's ledger: what really happened, whatever we believe.</summary>
internal sealed class IssuerLedger(Uri address) : IDisposable
{
    readonly HttpClient _http = new() { BaseAddress = address };

    public async Task<LedgerSummary> OfAsync(string clientTransactionId, CancellationToken cancellationToken)
    {
        try
        {
            var effects =
                await _http.GetFromJsonAsync<IReadOnlyList<Effect>>(new Uri("simulator/ledger", UriKind.Relative), cancellationToken) ?? [];
            return new LedgerSummary(
                effects
                    .Where(effect => effect.Kind == "issue" && effect.ClientTransactionId == clientTransactionId)
                    .Sum(effect => effect.Miles),
                effects
                    .Where(effect => effect.Kind == "reverse" && effect.OriginalClientTransactionId == clientTransactionId)
                    .Sum(effect => effect.Miles)
            );
        }
        catch (HttpRequestException exception)
        {
            throw new FirstOrderException($"the simulator cannot be reached: {exception.Message}");
        }
    }

    public void Dispose() => _http.Dispose();

    sealed record Effect(string Kind, string ClientTransactionId, string? OriginalClientTransactionId, long Miles);
}
