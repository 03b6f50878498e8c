namespace Loyalty.Messaging.Delivery.Journal;

/// <summary>What a delivery to a saga is filed under in the journal.</summary>
/// <param name="Subject">All deliveries about it, to whichever saga, are read together.</param>
/// <param name="Part">The part of the subject that the saga is about; null: the whole of it.</param>
/// <param name="State">The saga's state at this moment.</param>
public readonly record struct JournalSubject(string Subject, string? Part, string State);
