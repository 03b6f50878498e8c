namespace Loyalty.Messaging.Store.Orders;

/// <summary>What somebody who decides about an order or a refund decides about.</summary>
/// <param name="Miles">Its own.</param>
/// <param name="OrderMiles">Of an order the same; of a refund those of its order, 0 while that has not arrived.</param>
/// <param name="EffectUnknown">A try of its call may have taken effect without an answer that is known.</param>
public sealed record DecisionSubject(string State, int Miles, int OrderMiles, bool EffectUnknown);
