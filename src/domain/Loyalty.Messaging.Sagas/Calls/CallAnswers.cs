namespace Loyalty.Messaging.Sagas.Calls;

/// <summary>The issuer has accepted it (200 or 202).</summary>
public interface IConfirmed : ICallOutcome
{
    /// <summary>Accepted, not final.</summary>
    bool Pending { get; }
    string? TransactionId { get; }
}

/// <summary>The issuer's no.</summary>
public interface IRejected : IUnconfirmed
{
    string? ResponseCode { get; }
}

/// <summary>The tries in the call are used up and nobody knows whether it took effect.</summary>
public interface IUnresolved : IUnconfirmed
{
    /// <summary>True when the issuer is down and the call was put off: it counts as no try.</summary>
    bool Postponed { get; }

    /// <summary>How long the issuer asked us to wait, when it did.</summary>
    TimeSpan? RetryAfter { get; }
}
