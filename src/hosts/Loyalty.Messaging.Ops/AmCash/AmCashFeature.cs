using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.Ops.Shared;
using MassTransit;

namespace Loyalty.Messaging.Ops.AmCash;

/// <summary>
/// Questions to the issuer. The site does not call it: a worker does, who has the credentials and the way out, and answers over the bus.
/// </summary>
internal static class AmCashFeature
{
    /// <summary>Two requests of ten seconds each, which is the default, and a little; below the patience of our own command line.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(25);

    public static Feature Feature { get; } =
        new()
        {
            Bus = AddQuestions,
            Api = api =>
            {
                api.MapEcho();
                api.MapInquiry();
            },
            Forms = EchoForm.MapEchoForm,
            Navigation = [new("/issuer", "Issuer")],
            Tags = new Dictionary<string, string> { ["AM Cash"] = "Whether the issuer is there, and a collector's balances" },
            Examples =
            [
                new InquireBalance
                {
                    CollectorNumber = "80085102028",
                    Amount = 163.98m,
                    CardEntryMode = "PREREGISTERED",
                },
                new EchoRan
                {
                    At = Sample.At,
                    Worker = "worker-1",
                    Outcome = "answered",
                    ResponseCode = "0000",
                    Status = 200,
                    Meaning = "approved",
                    Actor = "nobody",
                    Calls = 1,
                    DurationMs = 41.5,
                    TraceId = "000012345678",
                },
                new BalanceInquired
                {
                    CollectorLast4 = "2028",
                    ResponseCode = "0000",
                    Meaning = "approved",
                    Message = "Approved",
                    CashBalance = 120,
                    DreamBalance = 545,
                    AvailableCashBalance = 95,
                    AvailableDollarAmount = 10,
                    Display = new DisplayRules
                    {
                        BalancesOnReceipt = true,
                        BalancesOnTerminal = false,
                        OfferRedemption = true,
                    },
                    TraceId = "000012345678",
                    OccurredAt = Sample.At,
                },
            ],
        };

    static void AddQuestions(IBusRegistrationConfigurator bus)
    {
        // By exchange: a "queue:" address would have the sender declare the queue, with the wrong arguments.
        bus.AddRequestClient<RunEcho>(new Uri($"exchange:{WireNames.Echo}"), Patience);
        bus.AddRequestClient<InquireBalance>(new Uri($"exchange:{WireNames.InquireBalance}"), Patience);
    }
}
