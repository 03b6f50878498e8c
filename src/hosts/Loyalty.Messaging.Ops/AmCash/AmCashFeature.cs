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
        };

    static void AddQuestions(IBusRegistrationConfigurator bus)
    {
        // By exchange: a "queue:" address would have the sender declare the queue, with the wrong arguments.
        bus.AddRequestClient<RunEcho>(new Uri($"exchange:{WireNames.Echo}"), Patience);
        bus.AddRequestClient<InquireBalance>(new Uri($"exchange:{WireNames.InquireBalance}"), Patience);
    }
}
