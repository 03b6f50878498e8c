using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;

namespace FirstOrder;

/// <summary>What the ops API says of the order.</summary>
internal sealed record OrderSummary(string ClientTransactionId, string State, long Miles, string RefundState, long MilesReversed);

/// <summary>Asks the ops API until order and refund are settled.</summary>
internal sealed class OpsApi : IDisposable
{
    static readonly HashSet<string> Settled = ["Issued", "Pending", "NotEarned", "Reversed", "NotRequired"];
    static readonly HashSet<string> GoneWrong = ["Rejected", "Suspended", "Cancelled"];
    readonly HttpClient _http;
    readonly TimeProvider _time;

    public OpsApi(Uri address, string? key, TimeProvider time)
    {
        _http = new HttpClient { BaseAddress = address };
        _time = time;
        if (key is not null)
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    public async Task<OrderSummary> SettledAsync(Example example, CancellationToken cancellationToken)
    {
        while (true)
        {
            var order = await ReadAsync(example.OrderId, cancellationToken);
            var refund = order?.Reversals.FirstOrDefault(reversal => reversal.RefundId == example.RefundId);
            if (order is not null && GoneWrong.Contains(order.State))
                throw new FirstOrderException(
                    $"order {example.OrderId} is {order.State}; ops tells why: {_http.BaseAddress}api/v1/orders/{example.OrderId}"
                );
            if (refund is not null && GoneWrong.Contains(refund.State))
                throw new FirstOrderException(
                    $"refund {example.RefundId} is {refund.State}; ops tells why: {_http.BaseAddress}api/v1/orders/{example.OrderId}"
                );
            if (order is not null && refund is not null && Settled.Contains(order.State) && Settled.Contains(refund.State))
                return new OrderSummary(
                    order.ClientTransactionId ?? "",
                    order.State,
                    order.Miles,
                    refund.State,
                    order.Reversals.Sum(reversal => reversal.Miles)
                );
            await Task.Delay(TimeSpan.FromMilliseconds(200), _time, cancellationToken);
        }
    }

    public void Dispose() => _http.Dispose();

    async Task<Order?> ReadAsync(string orderId, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _http.GetAsync(
                new Uri($"api/v1/orders/{Uri.EscapeDataString(orderId)}", UriKind.Relative),
                cancellationToken
            );
            if (response.StatusCode == HttpStatusCode.NotFound)
                return null;
            if (!response.IsSuccessStatusCode)
                throw new FirstOrderException($"the ops API answers {(int)response.StatusCode} to {response.RequestMessage!.RequestUri}");
            return await response.Content.ReadFromJsonAsync<Order>(cancellationToken);
        }
        catch (HttpRequestException)
        {
            return null; // Not up yet.
        }
    }

    sealed record Order(string State, long Miles, string? ClientTransactionId, IReadOnlyList<Reversal> Reversals);

    sealed record Reversal(string RefundId, string State, long Miles);
}
