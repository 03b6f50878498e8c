using System.Collections.Concurrent;
using System.Globalization;
using Loyalty.Messaging.AirMiles;
using Loyalty.Messaging.Sagas.Issuance;
using Loyalty.Messaging.Sagas.Reversal;
using Loyalty.Messaging.TestKit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace Loyalty.Messaging.SagaTests;

/// <summary>
/// Every sequence of what the issuer may do and say and of what people may decide then, with the real client and the simulator: whatever is
/// on the account in the end, our rows claim it or call it unknown. Left out is what nobody can know: an issuer whose first answer is a
/// lie.
/// </summary>
public sealed class When_an_effect_is_unknown
{
    /// <summary>Tries in a call.</summary>
    const int Tries = 3;

    static readonly string[] Unknown = ["reset", "500", "502", "409"];
    static readonly string[] Acts = ["nothing", "retry", "retry and a no", "cancel", "state no effect", "correct", "replay"];

    /// <summary>Answers to the first tries; where they end, the issuer does what it does.</summary>
    static IEnumerable<string[]> Answers()
    {
        yield return ["200"];
        yield return ["400"];
        yield return ["422"];
        yield return ["429", "400"];
        foreach (var first in Unknown)
        foreach (var effect in new[] { "+", "-" })
        foreach (var then in new[] { "400", "422", "200", "same" })
            yield return then == "same" ? [.. Enumerable.Repeat(first + effect, Tries)] : [first + effect, then];
    }

    [Fact]
    public async Task Orders_claim_what_is_on_the_account_or_call_it_unknown()
    {
        await using var issuer = await Issuer.StartAsync();
        await using var scenario = await ScenarioAsync(issuer);
        await AllAsync(
            async (answers, act, number) =>
            {
                var (order, collector) = ($"U-{number}", Collector(number));
                await ScriptAsync(issuer, $"I-{order}", answers);
                await scenario.PublishAsync(SagaScenario.Order(order) with { CollectorNumber = collector });
                var saga = await scenario.OrderAtRestAsync(order);
                if (act == "retry and a no" && saga.CurrentState == "Suspended")
                    await ScriptAsync(issuer, $"I-{order}", ["400"]);
                _ = act switch
                {
                    "retry" or "retry and a no" => await scenario.DecideAsync(OrderDecision.Retry(order)),
                    "cancel" => await scenario.DecideAsync(OrderDecision.Cancel(order)),
                    "state no effect" when await MilesAsync(issuer, order) == 0 => await scenario.DecideAsync(
                        OrderDecision.Cancel(order) with
                        {
                            NoEffect = true,
                        }
                    ),
                    "correct" => await scenario.DecideAsync(OrderDecision.Correct(order) with { LocationCode = "0042" }),
                    _ => null,
                };
                if (act == "replay" && saga is { CurrentState: "Suspended" or "Pending", IdempotencyKey: { } key, RequestBody: { } body })
                {
                    var call = new IssueMiles
                    {
                        OrderId = order,
                        CollectorNumber = collector,
                        Revision = saga.Revision,
                        IdempotencyKey = key,
                        Body = body,
                    };
                    await ReplayedAsync(scenario, issuer, $"I-{order}", collector, call);
                }
                saga = await scenario.OrderAtRestAsync(order);
                var onAccount = await MilesAsync(issuer, order);
                var claimed = saga.CurrentState is "Issued" or "Pending" ? saga.Miles : 0;
                var shown = saga is { EffectUnknown: true, CurrentState: "Suspended" or "Cancelled" };
                return onAccount == claimed || (shown && (onAccount == 0 || onAccount == saga.Miles))
                    ? null
                    : $"{saga.CurrentState} claims {claimed}, on the account are {onAccount}";
            }
        );
        Assert.Empty(await issuer.BreachesAsync());
    }

    [Fact]
    public async Task Refunds_claim_what_was_taken_back_or_call_it_unknown()
    {
        await using var issuer = await Issuer.StartAsync();
        await using var scenario = await ScenarioAsync(issuer);
        await AllAsync(
            async (answers, act, number) =>
            {
                var (order, refund, second, collector) = ($"V-{number}", $"V-{number}-1", $"V-{number}-2", Collector(number));
                await scenario.PublishAsync(SagaScenario.Order(order) with { CollectorNumber = collector });
                await scenario.OrderIsAsync(order, "Issued");
                await ScriptAsync(issuer, $"R-{refund}", answers);
                await scenario.PublishAsync(SagaScenario.Refund(refund, order, null));
                var saga = await scenario.RefundAtRestAsync(refund, row => row.CurrentState != "AwaitingIssuance");
                if (act == "retry and a no" && saga.CurrentState == "Suspended")
                    await ScriptAsync(issuer, $"R-{refund}", ["400"]);
                _ = act switch
                {
                    "retry" or "retry and a no" => await scenario.DecideAsync(RefundDecision.Retry(refund)),
                    "cancel" => await scenario.DecideAsync(RefundDecision.Cancel(refund)),
                    "state no effect" when await MilesAsync(issuer, order) > 0 => await scenario.DecideAsync(
                        RefundDecision.Cancel(refund) with
                        {
                            NoEffect = true,
                        }
                    ),
                    "correct" => await scenario.DecideAsync(RefundDecision.Correct(refund) with { LocationCode = "0042" }),
                    _ => null,
                };
                if (act == "replay" && saga is { CurrentState: "Suspended" or "Pending", IdempotencyKey: { } key, RequestBody: { } body })
                {
                    var call = new ReverseMiles
                    {
                        RefundId = refund,
                        CollectorNumber = collector,
                        Revision = saga.Revision,
                        IdempotencyKey = key,
                        Body = body,
                    };
                    await ReplayedAsync(scenario, issuer, $"R-{refund}", collector, call);
                }
                await scenario.RefundAtRestAsync(refund, row => row.CurrentState != "AwaitingIssuance");
                // What was given back is granted to the next.
                await scenario.PublishAsync(SagaScenario.Refund(second, order, null));
                var other = await scenario.RefundAtRestAsync(second, row => row.CurrentState != "AwaitingIssuance");
                // What is given back is on its way to the order for a moment.
                string? mistake = null;
                await Eventually
                    .SeeAsync(
                        async () => mistake = await MistakeAsync(),
                        wrong => wrong is null,
                        "rows and account to agree",
                        TimeSpan.FromSeconds(5)
                    )
                    .ContinueWith(_ => { }, TaskScheduler.Default);
                return mistake;

                async Task<string?> MistakeAsync()
                {
                    saga = await scenario.RefundAtRestAsync(refund);
                    var (left, ledger) = (await MilesAsync(issuer, order), await scenario.OrderAtRestAsync(order));
                    var taken = new[] { saga, other }.Where(row => row.CurrentState is "Reversed" or "Pending").Sum(row => row.Miles);
                    var unknown = new[] { saga, other }
                        .Where(row => row is { EffectUnknown: true, CurrentState: "Suspended" or "Cancelled" })
                        .Sum(row => row.Miles);
                    if (left < 0)
                        return $"more was taken back than was issued: {left}";
                    if (ledger.ReversedMiles != taken + unknown)
                        return $"{saga.CurrentState} and {other.CurrentState}: the order's row says {ledger.ReversedMiles}, "
                            + $"its refunds {taken} and perhaps {unknown}";
                    return ledger.Miles - left == taken || (unknown > 0 && ledger.Miles - left == taken + unknown)
                        ? null
                        : $"{saga.CurrentState} and {other.CurrentState} claim {taken} and perhaps {unknown}, "
                            + $"taken are {ledger.Miles - left}";
                }
            }
        );
        Assert.Empty(await issuer.BreachesAsync());
    }

    /// <summary>Each sequence with each act, a few at a time.</summary>
    static async Task AllAsync(Func<string[], string, int, Task<string?>> run)
    {
        var wrong = new ConcurrentBag<string>();
        // To the simulator a 400 alone is a no after which a correction may come.
        var all = Answers()
            .SelectMany(answers => Acts.Select(act => (answers, act)))
            .Where(each => each is not { answers: ["422"], act: "correct" })
            .Select((each, number) => (each.answers, each.act, number))
            .ToList();
        await Parallel.ForEachAsync(
            all,
            new ParallelOptions { MaxDegreeOfParallelism = 8 },
            async (each, _) =>
            {
                try
                {
                    if (await run(each.answers, each.act, each.number) is { } mistake)
                        wrong.Add($"{string.Join(", ", each.answers)}, then {each.act}: {mistake}");
                }
                catch (Exception exception)
                {
                    wrong.Add($"{string.Join(", ", each.answers)}, then {each.act}: {exception.Message}");
                }
            }
        );
        Assert.True(wrong.IsEmpty, string.Join('\n', wrong.Order(StringComparer.Ordinal)));
    }

    static Task<SagaScenario> ScenarioAsync(Issuer issuer) =>
        SagaScenario.StartAsync(
            SagaScenario.Terms,
            services =>
                services
                    .AddLogging()
                    .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
                    .AddAirMilesClient()
                    .AddSingleton<IConfigureOptions<AirMilesOptions>>(
                        new ConfigureOptions<AirMilesOptions>(options =>
                        {
                            (options.BaseAddress, options.TokenEndpoint) = (issuer.Address, new Uri(issuer.Address, "/oauth/token"));
                            (options.ClientId, options.ClientSecret, options.SponsorCode) = ("partner", "secret-of-the-simulator", "KENY");
                            options.RetryDelay = TimeSpan.FromMilliseconds(1);
                            // Half of the calls fail here: nothing is to pause for it.
                            options.BreakerThroughput = int.MaxValue;
                        })
                    )
        );

    /// <summary>The call once more, as a copy of it that lay somewhere would come.</summary>
    static async Task ReplayedAsync<T>(SagaScenario scenario, Issuer issuer, string clientTransactionId, string collector, T call)
        where T : class
    {
        var attempts = await CountAsync();
        await scenario.SendAsync(SagaScenario.Terms.Queues.AddressOf(collector), call);
        await Eventually.SeeAsync(CountAsync, count => count > attempts, "the replayed call");

        async Task<int> CountAsync() => (await issuer.AttemptsAsync(clientTransactionId)).Count;
    }

    static async Task ScriptAsync(Issuer issuer, string clientTransactionId, IReadOnlyList<string> answers)
    {
        var rules = answers
            .Where(answer => answer != "200")
            .Select(answer =>
            {
                var (word, effect) = answer[^1] is '+' or '-' ? (answer[..^1], answer[^1] == '+' ? "before" : "none") : (answer, "none");
                object how =
                    word == "reset"
                        ? new { kind = "reset", effect }
                        : new { status = int.Parse(word, CultureInfo.InvariantCulture), effect };
                return (object)
                    new
                    {
                        match = new { clientTransactionId },
                        times = 1,
                        answer = how,
                    };
            })
            .ToArray();
        if (rules.Length > 0)
            await issuer.ScriptAsync(rules);
    }

    /// <summary>What of the order is on the account.</summary>
    static async Task<int> MilesAsync(Issuer issuer, string order)
    {
        var mine = (await issuer.LedgerAsync())
            .Where(effect => (effect.OriginalClientTransactionId ?? effect.ClientTransactionId) == $"I-{order}")
            .ToList();
        Assert.Equal(mine.Count, mine.Select(effect => effect.IdempotencyKey).Distinct().Count());
        return mine.Sum(effect => effect.Kind == "issue" ? effect.Miles : -Math.Abs(effect.Miles));
    }

    static string Collector(int number) => $"8{number + 10_000:0000000000}";
}
