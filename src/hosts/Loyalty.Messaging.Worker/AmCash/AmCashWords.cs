using Loyalty.Messaging.AirMiles.AmCash;

namespace Loyalty.Messaging.Worker.AmCash;

/// <summary>How outcomes and actors are written on the wire.</summary>
internal static class AmCashWords
{
    public static readonly string Answered = Of(AmCashOutcome.Answered);

    public static string Of(AmCashOutcome outcome) => outcome.ToString().ToLowerInvariant();

    public static string Of(AmCashActor actor) => actor.ToString().ToLowerInvariant();
}
